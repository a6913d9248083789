/** The least that a Postgres of RDS must say. */
export function sample(): Record<string, unknown> {
  return { kind: "rds", image: "registry.example/postgres:17.5" };
}
