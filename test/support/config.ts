import { layerKey } from "./project";
/**
 * A small stack with every setting that has no default; tests change what they are about. A change with another `kind`
 * stands in the place of the whole layer.
 */
export function smallConfig(changes: Readonly<Record<string, object>> = {}): Record<string, unknown> {
  const layers: Record<string, object> = {
    cluster: { kind: "existing", context: "switchboard-local" },
    postgres: { kind: "inCluster", image: "registry.example/postgres:15.4" },
    redis: { kind: "inCluster", image: "registry.example/redis:7.0" },
    panel: { image: "registry.example/panel:1.0.0", firstAdministrator: "admin@example.com" },
    workers: {},
    chat: { image: "registry.example/chat:1.0.0" },
    edge: {
      image: "registry.example/nginx:1.22.1",
      panel: { host: "panel.example.com" },
      chat: { host: "chat.example.com" },
      certificate: { kind: "selfSigned" },
    },
    operations: { stage: "test" },
  };
  return Object.fromEntries(
    Object.entries({ ...changes, ...layers }).map(([layer, value]) => [
      layerKey(layer),
      changed(value, changes[layer]),
    ]),
  );
}

function changed(layer: { kind?: string }, change: { kind?: string } = {}): object {
  return change.kind !== undefined && change.kind !== layer.kind ? change : { ...layer, ...change };
}

/** The kind of cluster whose cloud a managed kind is from; undefined for a kind that needs no cloud. */
export const clusterOf: Readonly<Record<string, string | undefined>> = {
  cloudSql: "gke",
  memorystore: "gke",
  rds: "eks",
  elastiCache: "eks",
};

/** The smallest settings of a kind (`test/support/samples/<kind>.ts`). */
export function sampleOf(kind: string): Record<string, unknown> {
  return (require(`./samples/${kind}`) as { sample(): Record<string, unknown> }).sample();
}

/** A small stack on a cloud with this cloud's own database and Redis. */
export function cloudConfig(
  cluster: "gke" | "eks",
  changes: Readonly<Record<string, object>> = {},
): Record<string, unknown> {
  const [postgres, redis] = cluster === "gke" ? ["cloudSql", "memorystore"] : ["rds", "elastiCache"];
  const own: Record<string, object> = {
    cluster: sampleOf(cluster),
    postgres: sampleOf(postgres!),
    redis: sampleOf(redis!),
  };
  const merged = Object.fromEntries(
    Object.entries(own).map(([layer, value]) => [layer, { ...value, ...changes[layer] }]),
  );
  return smallConfig({ ...changes, ...merged });
}
