import { cloudConfig, smallConfig } from "./config";
import { drawnStacks, drawnVariable } from "./drawnStacks";
import { everythingKinds, everythingStack } from "./everything";
import { committedStacks, stackConfig } from "./plan";
import { layerKey } from "./project";

/** A stack that every resource is looked at of. */
export interface Stack {
  readonly name: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the cluster is of. */
  readonly kind: "existing" | "gke" | "eks";
  /** Where its pods are. */
  readonly namespace: string;
  /** The keys of its configuration that hold a secret. */
  readonly secretKeys: readonly string[];
}

/** What a stack has that names neither. */
const plain = { namespace: "switchboard", secretKeys: [] } as const;

const digest = `@sha256:${"0".repeat(64)}`;

/** The smallest stack on a cloud, as production has it. */
export function smallProduction(kind: "gke" | "eks", changes: Readonly<Record<string, object>> = {}): Stack {
  const config = cloudConfig(kind, { operations: { stage: "test", protect: true }, ...changes });
  for (const layer of Object.values(config) as Record<string, unknown>[]) {
    for (const key of ["image", "proxyImage"]) {
      const image = layer[key];
      if (typeof image === "string" && !image.includes("@")) layer[key] = `${image}${digest}`;
    }
  }
  return { ...plain, name: `the smallest production on ${kind}`, stack: "small", config, kind };
}

/** A small stack whose host names an ACME authority asks for over HTTP. */
function askedOverHttp(): Stack {
  const config = smallConfig({
    edge: {
      panel: { host: "panel.acme.dev" },
      chat: { host: "chat.acme.dev" },
      certificate: { kind: "acme", email: "platform@acme.dev", challenge: "http01" },
    },
    operations: { imagePullSecret: "registry-credentials" },
  });
  return { ...plain, name: "a small one with certificates by HTTP", stack: "small", config, kind: "existing" };
}

/** A small stack on Google Cloud that keeps its data in the cluster, on nodes of their own. */
function dataOnNodes(): Stack {
  const machine = { machineType: "e2-standard-4", max: 6 };
  const config = {
    ...cloudConfig("gke", {
      cluster: { pools: { apps: { ...machine, min: 2 }, disks: { ...machine, role: "data", min: 1 } } },
    }),
    [layerKey("postgres")]: { kind: "inCluster", image: "registry.example/postgres:17.5" },
    [layerKey("redis")]: { kind: "inCluster", image: "registry.example/redis:7.2" },
  };
  return { ...plain, name: "a small one on gke with its data on nodes", stack: "small", config, kind: "gke" };
}

/**
 * Every committed stack, the smallest production of each cloud, one with the proxy of Cloud SQL, one with certificates by
 * HTTP, one with its data on nodes of its own, and those that set everything. Where a run names a seed, stacks whose apps
 * are drawn by it instead.
 */
export function everyStack(): Stack[] {
  const drawn = process.env[drawnVariable];
  if (drawn !== undefined) return drawnStacks(drawn);
  const committed = committedStacks.map((stack): Stack => {
    const config = stackConfig(stack);
    const { kind } = config[layerKey("cluster")] as { kind: Stack["kind"] };
    return { ...plain, name: `stack ${stack}`, stack, config, kind };
  });
  const proxied = smallProduction("gke", {
    postgres: { connection: "authProxy", proxyImage: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0" },
  });
  return [
    ...committed,
    smallProduction("gke"),
    smallProduction("eks"),
    { ...proxied, name: "the smallest production on gke with the proxy of Cloud SQL" },
    askedOverHttp(),
    dataOnNodes(),
    ...everythingKinds.map(everythingStack),
  ];
}

/** What names of clouds are made of: the name that a stack keeps when it is renamed, else its own. */
export function keptName({ stack, config }: Pick<Stack, "stack" | "config">): string {
  const operations = config[layerKey("operations")] as { readonly name?: string } | undefined;
  return operations?.name ?? stack;
}
