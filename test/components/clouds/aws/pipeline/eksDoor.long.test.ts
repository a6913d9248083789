import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { LiveWorld } from "../../../../../cli/doctor/world";
import { doorTag } from "../../../../../components/clouds/aws/doorTags";
import { EksDoor } from "../../../../../components/clouds/aws/pipeline/eksDoor";
import { UserError } from "../../../../../lib/userError";
import { FakeEks, type FakeEksState } from "../../../../support/fakeEks";

const folder = mkdtempSync(join(tmpdir(), "switchboard-door-"));
after(() => rmSync(folder, { recursive: true }));
let said: string[] = [];
beforeEach(() => {
  said = [];
});

const mine = "203.0.113.9";
const noon = new Date("2026-11-29T12:00:00Z");
const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

type Cluster = NonNullable<FakeEksState["cluster"]>;
const cluster = (isPublic: boolean, cidrs: string[], tags: Record<string, string> = {}): Cluster => ({
  ...{ arn: "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod", endpoint: "https://abc.eks.amazonaws.com" },
  ...{ tags: { stage: "prod", ...tags } },
  resourcesVpcConfig: { endpointPublicAccess: isPublic, publicAccessCidrs: cidrs },
});

/** A cluster in a fake of AWS, and the door to it from a machine that comes from `address`. */
function place(state: Partial<FakeEksState>, api = { public: false, allowedCidrs: [] as string[] }) {
  const own = mkdtempSync(join(folder, "aws-"));
  const eks = new FakeEks(own, state);
  const live = new LiveWorld(new AbortController().signal, { PATH: [own, process.env.PATH].join(delimiter) });
  const door = (now: Date, address = mine) =>
    new EksDoor(
      { name: "shop-prod", region: "eu-west-1", api },
      {
        now,
        run: (program, ...args) => live.run(program, ...args),
        connects: async () => {
          const { endpointPublicAccess, publicAccessCidrs } = eks.state.cluster!.resourcesVpcConfig;
          return (
            endpointPublicAccess && [`${address}/32`, "0.0.0.0/0"].some((cidr) => publicAccessCidrs.includes(cidr))
          );
        },
      },
      { say: (line) => said.push(line), pause: async () => {} },
    );
  return { eks, door };
}

test("a private API server is opened for one address, and is private again afterwards", async () => {
  const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"]), slow: 2 });
  await door(noon).open(mine, 130);
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig, {
    endpointPublicAccess: true,
    publicAccessCidrs: [`${mine}/32`],
  });
  assert.equal(eks.state.cluster!.tags[doorTag(mine)], "2026-11-29T14:10:00Z");
  // The tag comes first, so that whatever is open is known to the next run.
  assert.deepEqual(eks.changes, ["tag-resource", "update-cluster-config"]);
  await door(later(20)).close(mine);
  assert.equal(eks.state.cluster!.resourcesVpcConfig.endpointPublicAccess, false);
  assert.deepEqual(eks.state.cluster!.tags, { stage: "prod" });
  assert.deepEqual(eks.changes.slice(2), ["update-cluster-config", "untag-resource"]);
});

test("what the settings let in stays in", async () => {
  const api = { public: true, allowedCidrs: ["198.51.100.0/24"] };
  const { eks, door } = place({ cluster: cluster(true, ["198.51.100.0/24"]) }, api);
  await door(noon).open(mine, 130);
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig.publicAccessCidrs, ["198.51.100.0/24", `${mine}/32`]);
  await door(noon).close(mine);
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig, {
    endpointPublicAccess: true,
    publicAccessCidrs: ["198.51.100.0/24"],
  });
});

test("the door of a run that was killed is closed by the next one, and by the sweep when its time is over", async () => {
  const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"]) });
  await door(noon)
    .open("192.0.2.1", 130)
    .catch(() => {});
  assert.ok(doorTag("192.0.2.1") in eks.state.cluster!.tags);
  await door(later(60)).sweep();
  assert.equal(eks.state.cluster!.resourcesVpcConfig.endpointPublicAccess, true, "its time is not over");
  await door(later(131)).sweep();
  assert.equal(eks.state.cluster!.resourcesVpcConfig.endpointPublicAccess, false);
  assert.deepEqual(eks.state.cluster!.tags, { stage: "prod" });

  await door(noon)
    .open("192.0.2.1", 130)
    .catch(() => {});
  await door(later(131)).open(mine, 130);
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig.publicAccessCidrs, [`${mine}/32`]);
  assert.deepEqual(Object.keys(eks.state.cluster!.tags), ["stage", doorTag(mine)]);
});

test("a run that was killed before it opened anything leaves a tag that the sweep takes", async () => {
  const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"], { [doorTag(mine)]: "2026-11-29T11:00:00Z" }) });
  await door(noon).sweep();
  assert.deepEqual(eks.state.cluster!.tags, { stage: "prod" });
  await door(noon).sweep();
  assert.deepEqual(said.slice(-1), ["shop-prod has no door to close"]);
});

test("of two runs at once each closes its own", async () => {
  const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"]) });
  await door(noon, "192.0.2.1").open("192.0.2.1", 130);
  await door(noon).open(mine, 130);
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig.publicAccessCidrs, ["192.0.2.1/32", `${mine}/32`]);
  await door(noon, "192.0.2.1").close("192.0.2.1");
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig.publicAccessCidrs, [`${mine}/32`]);
});

test("a tag whose time is no time is over", async () => {
  const { eks, door } = place({ cluster: cluster(true, ["192.0.2.1/32"], { [doorTag("192.0.2.1")]: "for ever" }) });
  await door(noon).sweep();
  assert.equal(eks.state.cluster!.resourcesVpcConfig.endpointPublicAccess, false);
});

test("another update of the cluster is waited for", async () => {
  const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"]), busy: 3 });
  await door(noon).open(mine, 130);
  assert.equal(eks.changes.filter((action) => action === "update-cluster-config").length, 4);
});

test("a machine that is let in opens nothing, and neither does a first up", async () => {
  const inside = place({ cluster: cluster(true, [`${mine}/32`]) });
  await inside.door(noon).open(mine, 130);
  const first = place({});
  await first.door(noon).open(mine, 130);
  assert.deepEqual([...inside.eks.changes, ...first.eks.changes], []);
  assert.match(said.join("\n"), /answers this machine[\s\S]*its first up has to come from cluster\.api\.allowedCidrs/);
});

test("what AWS refuses is told with the rights, and an address that is none before anything is opened", async () => {
  const refused = (promise: Promise<void>, what: RegExp, todo: RegExp) =>
    assert.rejects(promise, (error) => error instanceof UserError && what.test(error.message) && todo.test(error.todo));
  const denied = place({ cluster: cluster(false, ["0.0.0.0/0"]), denied: "eks:UpdateClusterConfig" });
  await refused(
    denied.door(noon).open(mine, 130),
    /not authorized to perform: eks:UpdateClusterConfig/,
    /eks:DescribeCluster, UpdateClusterConfig/,
  );
  const failing = place({ cluster: cluster(false, ["0.0.0.0/0"]), failure: "The subnet has no free address" });
  await refused(failing.door(noon).open(mine, 130), /did not change who reaches shop-prod: The subnet/, /list-updates/);
  for (const address of [undefined, "2001:db8::1"]) {
    const { eks, door } = place({ cluster: cluster(false, ["0.0.0.0/0"]) });
    await refused(door(noon).open(address, 130), /EKS opens to IPv4 addresses only/, /--address/);
    assert.deepEqual(eks.changes, []);
  }
});
