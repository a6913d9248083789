import assert from "node:assert/strict";
import { test } from "node:test";
import { platformsOf } from "../../../cli/images/platforms";
import { architecture } from "../../../sandbox/images/scratch";

const panel = { reference: "registry.example/panel:src-1", source: "apps/panel", setting: "panel.image" };
const pool = (machineType: string, role?: string) => ({ machineType, ...(role && { role }) });
const nobody = { askNodes: async () => undefined, here: false };

async function ofPools(
  kind: string,
  pools: Record<string, object>,
  setting = panel.setting,
): Promise<string[] | undefined> {
  return platformsOf({ ...panel, setting }, { ...nobody, cluster: { kind, pools } });
}

test("the platform comes from the machine types of the pools that take the image", async () => {
  const rows: [kind: string, pools: Record<string, object>, platforms: string[]][] = [
    ["eks", { apps: pool("m7i.xlarge") }, ["linux/amd64"]],
    ["eks", { apps: pool("m7g.xlarge") }, ["linux/arm64"]],
    ["eks", { apps: pool("a1.large") }, ["linux/arm64"]],
    ["eks", { apps: pool("t4g.large"), more: pool("c8gn.large") }, ["linux/arm64"]],
    ["eks", { apps: pool("m7g.xlarge"), more: pool("m7i.xlarge") }, ["linux/amd64", "linux/arm64"]],
    // GPUs have a g before the number, not after it.
    ["eks", { apps: pool("g5.xlarge") }, ["linux/amd64"]],
    // What only the cluster's own pods are on counts for nothing.
    ["eks", { system: pool("m7g.large", "system"), apps: pool("m7i.xlarge") }, ["linux/amd64"]],
    ["eks", { apps: pool("m7i.xlarge"), data: pool("r7g.large", "data") }, ["linux/amd64"]],
    ["gke", { apps: pool("e2-standard-4") }, ["linux/amd64"]],
    ["gke", { apps: pool("t2a-standard-4") }, ["linux/arm64"]],
    ["gke", { apps: pool("c4a-standard-4"), more: pool("n2-standard-4") }, ["linux/amd64", "linux/arm64"]],
  ];
  for (const [kind, pools, platforms] of rows)
    assert.deepEqual(await ofPools(kind, pools), platforms, JSON.stringify(pools));
  const data = { apps: pool("m7i.xlarge"), data: pool("r7g.large", "data") };
  assert.deepEqual(await ofPools("eks", data, "postgres.image"), ["linux/amd64", "linux/arm64"]);
});

test("the settings of an image come first, the nodes next, this machine only where they are on it", async () => {
  const eks = { kind: "eks", pools: { apps: pool("m7g.xlarge") } };
  const named = { ...panel, platforms: ["amd64"] };
  assert.deepEqual(await platformsOf(named, { ...nobody, cluster: eks }), ["linux/amd64"]);
  const existing = { cluster: { kind: "existing", context: "team" } };
  const askNodes = async () => ["arm64", "arm64", "amd64"];
  assert.deepEqual(await platformsOf(panel, { ...existing, askNodes, here: true }), ["linux/amd64", "linux/arm64"]);
  assert.deepEqual(await platformsOf(panel, { ...existing, ...nobody, here: true }), [
    `linux/${architecture(process.arch)}`,
  ]);
  // A laptop's own processor says nothing of a cluster elsewhere.
  assert.equal(await platformsOf(panel, { ...existing, ...nobody }), undefined);
});
