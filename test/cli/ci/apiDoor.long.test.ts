import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { execa } from "execa";
import { doorTag } from "../../../components/clouds/aws/doorTags";
import { FakeEks } from "../../support/fakeEks";
import { repository } from "../../support/plan";
import { project } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-api-door-"));
after(() => rmSync(folder, { recursive: true }));

const mine = "203.0.113.9";
const hour = 3_600_000;

/** An account with the cluster of prod-eks, open to one address until then. */
function account(until: Date): FakeEks {
  return new FakeEks(mkdtempSync(join(folder, "aws-")), {
    cluster: {
      ...{ arn: `arn:aws:eks:eu-west-1:123456789012:cluster/${project}-prod-eks`, endpoint: "https://127.0.0.1:1" },
      tags: { [doorTag(mine)]: until.toISOString() },
      resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24", `${mine}/32`] },
    },
  });
}

/** Runs the script as a workflow's step does. */
async function door(eks: FakeEks, ...args: string[]) {
  const { exitCode, stderr } = await execa(
    process.execPath,
    ["--require", "./components/loader.cjs", "cli/ci/apiDoor.ts", ...args],
    { cwd: repository, reject: false, env: { PATH: [eks.folder, process.env.PATH].join(delimiter) } },
  );
  return { exitCode, stderr };
}

/** Who gets in besides the doors, as Pulumi.prod-eks.yaml says. */
const settings = { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] };

test("a step that closes knows its address from the one that opened", async () => {
  const eks = account(new Date(Date.now() + hour));
  const { exitCode, stderr } = await door(eks, "close", "prod-eks", "--address", mine);
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, new RegExp(`${project}-prod-eks is closed to 203\\.0\\.113\\.9`));
  assert.deepEqual(eks.state.cluster!.resourcesVpcConfig, settings);
  assert.deepEqual(eks.state.cluster!.tags, {});
  const calls = readFileSync(join(eks.folder, "calls"), "utf8");
  assert.match(
    calls,
    new RegExp(`^eks describe-cluster --name ${project}-prod-eks --region eu-west-1 --output json$`, "m"),
  );
});

test("a sweep leaves the door of a run that still has time", async () => {
  const eks = account(new Date(Date.now() + hour));
  assert.equal((await door(eks, "sweep", "prod-eks")).exitCode, 0);
  assert.deepEqual(eks.changes, []);
  const over = account(new Date(Date.now() - hour));
  assert.equal((await door(over, "sweep", "prod-eks")).exitCode, 0);
  assert.deepEqual(over.state.cluster!.resourcesVpcConfig, settings);
});

test("GKE has no door, and a command line that says nothing opens none", async () => {
  const eks = account(new Date());
  const google = await door(eks, "open", "prod");
  assert.equal(google.exitCode, 0, google.stderr);
  assert.match(google.stderr, /has no door, because networks do not decide/);
  for (const args of [[], ["open"], ["knock", "prod-eks"], ["open", "prod-eks", "--minutes", "0"]]) {
    assert.equal((await door(eks, ...args)).exitCode, 1, args.join(" "));
  }
  assert.deepEqual(eks.changes, []);
});
