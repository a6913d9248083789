import type { Answer } from "./index";

/** The provider names what has no name when it is created, so a preview does not know it. */
export const kubernetes: Answer = (inputs, { preview, name }) => {
  const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
  const given = metadata.name ?? (preview ? undefined : `${name}-0a1b2c3d`);
  return { metadata: { ...metadata, ...(given ? { name: given } : {}) } };
};
