import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type GkeCondition,
  gkeIdentity,
  gkeProblems,
  lookAtGke,
} from "../../../../../components/clouds/gcp/deployed/condition";
import { deployedState } from "../../../../support/deployedState";
import { plan, stackConfig } from "../../../../support/plan";
import { project } from "../../../../support/project";

const identity = {
  name: "switchboard-prod",
  region: "europe-west1",
  project: "acme",
  pools: ["cluster-pools-apps-0a1b2c3"],
};
const own = { name: identity.pools[0]!, status: "RUNNING" };

test("the cluster of a state is known with the pools that the stack has made", async () => {
  const state = deployedState(await plan(stackConfig("prod"), { stack: "prod", preview: false }), "prod");
  const found = gkeIdentity(state)!;
  assert.deepEqual([found.name, found.region, found.project], [`${project}-prod`, "europe-west1", "switchboard-prod"]);
  assert.equal(found.pools.length, 2);
  assert.equal(gkeIdentity(deployedState(await plan(stackConfig("dev"), { preview: false }), "dev")), undefined);
});

const cases: [what: string, condition: GkeCondition, problems: RegExp[]][] = [
  ["a whole cluster", { status: "RUNNING", nodePools: [own] }, []],
  ["one that is being upgraded", { status: "RECONCILING", nodePools: [own] }, []],
  [
    "one whose creation failed",
    { status: "ERROR", statusMessage: "quota", nodePools: [] },
    [
      /^down cluster switchboard-prod is in ERROR at Google \(quota\): .*gcloud container clusters delete switchboard-prod --region europe-west1 --project acme, then switchboard up --refresh/,
    ],
  ],
  [
    "one without all of its masters",
    { status: "DEGRADED", nodePools: [own] },
    [/^degraded cluster switchboard-prod is DEGRADED/],
  ],
  [
    "one that is not there yet",
    { status: "PROVISIONING", nodePools: [] },
    [/^warning cluster switchboard-prod is PROVISIONING/],
  ],
  [
    "the pool that should have gone at once",
    { status: "RUNNING", nodePools: [own, { name: "default-pool", status: "RUNNING" }] },
    [
      /^warning node pool default-pool is none of this stack's: the creation .*gcloud container node-pools delete default-pool --cluster switchboard-prod /,
    ],
  ],
  [
    "somebody's pool",
    { status: "RUNNING", nodePools: [own, { name: "gpu", status: "RUNNING" }] },
    [/^warning node pool gpu is none of this stack's: somebody made it/],
  ],
  [
    "a pool that failed",
    { status: "RUNNING", nodePools: [{ ...own, status: "ERROR", statusMessage: "stock out" }] },
    [/^down node pool cluster-pools-apps-0a1b2c3 is in ERROR \(stock out\); delete it with gcloud/],
  ],
];

for (const [what, condition, problems] of cases) {
  test(`GKE tells of ${what}`, () => {
    const found = gkeProblems(identity, condition).map(
      ({ severity, subject, what }) => `${severity} ${subject} ${what}`,
    );
    assert.equal(found.length, problems.length, found.join("\n"));
    problems.forEach((expected, index) => {
      assert.match(found[index]!, expected);
    });
  });
}

test("nothing is known where gcloud cannot be asked", async () => {
  const missing = async () => {
    throw new Error("spawn gcloud ENOENT");
  };
  assert.equal(await lookAtGke(identity, missing), undefined);
  assert.deepEqual(await lookAtGke(identity, async () => '{"status":"RUNNING"}'), { status: "RUNNING" });
  assert.deepEqual(gkeProblems(identity, { status: "RUNNING" } as GkeCondition), []);
});
