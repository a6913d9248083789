import { cloudConfig } from "./config";
import { committedStacks, stackConfig } from "./plan";

/** A stack that every resource is looked at of. */
export interface Stack {
  readonly name: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the cluster is of. */
  readonly kind: "existing" | "gke" | "eks";
}

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
  return { name: `the smallest production on ${kind}`, stack: "small", config, kind };
}

/** Every committed stack, the smallest production of each cloud, and one with the proxy of Cloud SQL. */
export function everyStack(): Stack[] {
  const committed = committedStacks.map((stack): Stack => {
    const config = stackConfig(stack);
    const { kind } = config["switchboard:cluster"] as { kind: Stack["kind"] };
    return { name: `stack ${stack}`, stack, config, kind };
  });
  const proxied = smallProduction("gke", {
    postgres: { connection: "authProxy", proxyImage: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0" },
  });
  return [
    ...committed,
    smallProduction("gke"),
    smallProduction("eks"),
    { ...proxied, name: "the smallest production on gke with the proxy of Cloud SQL" },
  ];
}
