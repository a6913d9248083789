import type { Answer } from ".";

/** A resource that the provider names where the program does not: its own name and seven hex digits. */
export const named: Answer = (inputs, { preview, name }) => (preview ? {} : { name: inputs.name ?? `${name}-0a1b2c3` });
