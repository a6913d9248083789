/** The least that a Postgres of Cloud SQL must say. */
export function sample(): Record<string, unknown> {
  return { kind: "cloudSql", image: "registry.example/postgres:17.5" };
}
