/**
 * `pg_hba.conf`: everyone proves a password, also over the socket, and comes by TLS; the network policies say who may come
 * at all. Where a container of the same pod makes the backups, it is known by its process instead, as `pg_ident.conf` says:
 * it has the user and the files of the server, and so no password that a rotation would have to reach.
 */
export function accessFiles(sidecarSocket?: string): Readonly<Record<string, string>> {
  const lines = (...text: readonly string[]) => [...text, ""].join("\n");
  const everyone = ["local all all scram-sha-256", "hostssl all all all scram-sha-256"];
  const header = "# type database user address method";
  if (sidecarSocket === undefined) return { "pg_hba.conf": lines(header, ...everyone) };
  return {
    "pg_hba.conf": lines(header, "local all postgres peer map=pod", ...everyone),
    // Whatever an image calls the user: no other one is in the pod.
    "pg_ident.conf": lines("# map user role", "pod /^.*$ postgres"),
  };
}
