/**
 * What no setting changes the size of, and what the quota of the namespace has to know too. A job that has run must not
 * run again because a size has changed.
 */
export const fixedSizes = {
  /** The panel's migration and its scheduled jobs: enough for Node.js and a handful of queries. */
  panelJob: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "1", memory: "192Mi" } },
  /** The chat's migration. */
  chatMigration: { requests: { cpu: "20m", memory: "96Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  /** `psql` with one script. */
  postgresJob: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "1", memory: "64Mi" } },
  /** `redis-cli` with one script. */
  redisJob: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "1", memory: "64Mi" } },
  /** Google's proxy beside each container that uses the database. */
  databaseProxy: { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  /** What CloudNativePG's program puts on the disk of a server's node: itself, more than a hundred mebibytes. */
  instanceManager: { scratchBytes: 512 * 2 ** 20 },
  /** cert-manager's pod that answers an authority (its `acme-http01-solver-resource-*` by default). */
  acmeSolver: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
} as const;

/** Pods above the wished-for number while a release is rolled out (`maxSurge`). */
export const rolloutSurge = 1;
