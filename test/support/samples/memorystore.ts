/** The least that a Redis of Memorystore must say. */
export function sample(): Record<string, unknown> {
  return { kind: "memorystore" };
}
