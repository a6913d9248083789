import assert from "node:assert/strict";
import { test } from "node:test";
import { onEks } from "../clouds/aws/settings/onEks";
import { parse, problems, type Raw } from "./stack";

const pool = (machineType: string, role = "apps") => ({ role, machineType, min: 2, max: 4 });
const says = (setting: string, processor: string) =>
  `${setting}: has no ${processor}, the processor of nodes in cluster.pools that run it; add it, or remove platforms`;

/** What is said of an image for some processors, on pools of EKS. */
function told(pools: Raw, platforms?: string[]): readonly string[] {
  return problems((raw) => {
    onEks((cluster) => (cluster.pools = { system: pool("m7i.large", "system"), ...pools }))(raw);
    if (platforms) raw.panel.image.platforms = platforms;
  });
}

test("an image that is built for other processors than the nodes' is refused before it is built", () => {
  assert.deepEqual(told({ apps: pool("m7g.xlarge") }, ["amd64"]), [says("panel.image.platforms", "arm64")]);
  assert.deepEqual(told({ apps: pool("m7i.xlarge") }, ["arm64"]), [says("panel.image.platforms", "amd64")]);
  assert.deepEqual(told({ apps: pool("m7i.xlarge"), more: pool("m7g.xlarge") }, ["amd64"]), [
    says("panel.image.platforms", "arm64"),
  ]);
});

test("more processors than needed, those of the pools, and a cluster that is there are taken", () => {
  assert.deepEqual(told({ apps: pool("m7g.xlarge") }, ["arm64"]), []);
  assert.deepEqual(told({ apps: pool("m7g.xlarge") }, ["amd64", "arm64"]), []);
  // The system pool runs nothing of the product.
  assert.deepEqual(told({ system: pool("m7g.large", "system"), apps: pool("m7i.xlarge") }, ["amd64"]), []);
  assert.deepEqual(told({ apps: pool("m7g.xlarge") }), []);
  const { image } = parse((raw) => (raw.panel.image.platforms = ["arm64"])).panel;
  assert.deepEqual(image.platforms, ["arm64"]);
});

test("so are those of the apps that the stack declares, and of their sidecars", () => {
  const built = { repository: "registry.example/shop", source: "apps/panel", platforms: ["amd64"] };
  const found = problems((raw) => {
    onEks((cluster) => (cluster.pools = { system: pool("m7i.large", "system"), apps: pool("m7g.xlarge") }))(raw);
    raw.apps = { shop: { image: built, processes: { web: { port: 3000, sidecars: { agent: { image: built } } } } } };
  });
  assert.deepEqual(found, [
    says("apps.shop.image.platforms", "arm64"),
    says("apps.shop.processes.web.sidecars.agent.image.platforms", "arm64"),
  ]);
});

test("production runs no image of theirs whose tag can be moved", () => {
  const found = problems((raw) => {
    raw.operations = { protect: true };
    const agent = { image: "registry.example/agent:2" };
    raw.apps = { shop: { image: "registry.example/shop:1", processes: { web: { sidecars: { agent } } } } };
  });
  for (const [setting, reference] of [
    ["apps.shop.image", "registry.example/shop:1"],
    ["apps.shop.processes.web.sidecars.agent.image", "registry.example/agent:2"],
  ])
    assert.ok(
      found.some((one) => one.startsWith(`${setting}: "${reference}" has no digest`)),
      found.join("\n"),
    );
});
