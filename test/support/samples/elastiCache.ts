/** The least that a Valkey of ElastiCache must say. */
export function sample(): Record<string, unknown> {
  return { kind: "elastiCache" };
}
