import { cloudConfig, sampleOf, smallConfig } from "./config";
import { everythingStack } from "./everything";
import { type Plan, plan } from "./plan";

/** A small stack whose Postgres an operator runs, after a change of its settings. */
export function operatedConfig(change: object = {}): Record<string, unknown> {
  return smallConfig({ postgres: { ...sampleOf("cloudNativePg"), ...change } });
}

/** The `Cluster` of a stack. */
export function clusterOf(from: Plan) {
  return from.named("kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres-cluster");
}

/** The `Cluster` objects of stacks that between them set everything that one can hold. */
export async function operatedClusters(): Promise<any[]> {
  const operations = { stage: "test", imagePullSecret: "registry-credentials" };
  const pools = { apps: { machineType: "e2-standard-4", min: 2, max: 9 } };
  const disks = { machineType: "e2-standard-4", role: "data", min: 1, max: 9 };
  const ofNodes = cloudConfig("gke", { cluster: { pools: { ...pools, disks } }, operations });
  const operated = smallConfig({ postgres: sampleOf("cloudNativePg") });
  const { config, stack, secretKeys } = everythingStack("operated");
  const wished: [config: Record<string, unknown>, more: object][] = [
    [config, { stack, secretKeys }],
    [operatedConfig({ instances: 1 }), {}],
    [operatedConfig({ synchronous: "none" }), {}],
    [{ ...ofNodes, ...only(operated, "postgres") }, {}],
  ];
  const made: any[] = [];
  // One after the other: a program is alone in its process.
  for (const [each, more] of wished) made.push(clusterOf(await plan(each, { ...more, preview: false })).inputs);
  return made;
}

function only(config: Record<string, unknown>, layer: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key.endsWith(`:${layer}`)));
}
