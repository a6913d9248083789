import type { Answer } from "../../../components/clouds/shared/facts/answer";

/** What every object's `uid` is said to be. */
const standInUid = "0a1b2c3d-1111-4222-8333-444455556666";

/** The provider names what has no name when it is created, so a preview does not know it. */
export const kubernetes: Answer = (inputs, { preview, name }) => {
  const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
  const given = metadata.name ?? (preview ? undefined : `${name}-0a1b2c3d`);
  return { metadata: { ...metadata, ...(given ? { name: given } : {}), ...(preview ? {} : { uid: standInUid }) } };
};
