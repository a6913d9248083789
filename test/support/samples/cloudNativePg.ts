/** Postgres that an operator runs in the cluster. */
export function sample(): Record<string, unknown> {
  return { kind: "cloudNativePg", image: "ghcr.io/cloudnative-pg/postgresql:17.5-bookworm" };
}
