/**
 * What a provider would answer for one type of resource: the outputs that are more than its inputs. In a preview a value
 * that only the real thing knows is left out, which makes it unknown. An `id` among them is the resource's id.
 */
export type Answer = (inputs: Record<string, any>, at: { preview: boolean; name: string }) => Record<string, unknown>;

/** A resource of which the provider tells no more than it was given. */
export const nothing: Answer = () => ({});

/** A resource that the provider names where the program does not: its own name and seven hex digits. */
export const named: Answer = (inputs, { preview, name }) => (preview ? {} : { name: inputs.name ?? `${name}-0a1b2c3` });
