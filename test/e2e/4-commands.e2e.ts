import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import "./support/needsSystem";
import { forgetHands } from "./support/byHand";
import { type Outputs, readOutputs } from "./support/outputs";
import { switchboard, switchboardNowhere } from "./support/switchboard";
import { eventually, get, kubectl } from "./support/system";

let outputs: Outputs;
before(async () => {
  outputs = await readOutputs();
  const { exitCode, stdout } = await switchboard("status", "dev", "--wait", "600", "--json");
  assert.equal(exitCode, 0, stdout);
});

/** What `status` says now. */
async function status(): Promise<{ exitCode: number; said: any }> {
  const { exitCode, stdout } = await switchboard("status", "dev", "--json");
  return { exitCode, said: JSON.parse(stdout) };
}

/** Asks until the verdict fits; the truth may need a moment to become true. */
async function verdict(what: string, fits: RegExp, seconds = 90): Promise<any> {
  let last = "";
  const found = await eventually(what, seconds, async () => {
    const { exitCode, said } = await status();
    last = said.verdict;
    assert.equal(exitCode, said.healthy ? 0 : 3);
    return fits.test(said.verdict) ? said : undefined;
  }).catch((error: Error) => assert.fail(`${error.message}; the last verdict was: ${last}`));
  return found;
}

/** Breaks something, sees what `status` says of it, and puts it back without a trace. */
async function broken(
  resource: string,
  breaks: () => Promise<unknown>,
  mends: () => Promise<unknown>,
  look: () => Promise<unknown>,
): Promise<void> {
  await breaks();
  try {
    await look();
  } finally {
    await mends();
    await forgetHands(resource);
  }
  const { exitCode, stdout, stderr } = await switchboard("status", "dev", "--wait", "600");
  assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
}

const patch = (what: string, change: object) =>
  kubectl("patch", what, "--type=strategic", `--patch=${JSON.stringify(change)}`);
const undo = (deployment: string) => kubectl("rollout", "undo", `deployment/${deployment}`);

/** Makes an object as `up` does, so that its fields belong to the stack. */
async function create(object: object): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-e2e-"));
  try {
    writeFileSync(join(folder, "object.json"), JSON.stringify(object));
    await kubectl(
      "apply",
      "--server-side",
      "--field-manager=pulumi-kubernetes",
      `--filename=${join(folder, "object.json")}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a stack that is well: verdict first, every tier, the addresses and whose certificate they show", async () => {
  const { exitCode, stdout, stderr } = await switchboard("status", "dev");
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^dev is healthy/);
  for (const tier of ["panel", "chat", "edge"]) assert.match(stdout, new RegExp(`^ {2}${tier} +2 of 2 ready`, "m"));
  const { said } = await status();
  assert.deepEqual(
    said.tiers.map(({ name, ready, declared, rollout }: any) => [name, ready, declared, rollout]),
    [
      ["postgres", 1, 1, "complete"],
      ["redis", 1, 1, "complete"],
      ["panel", 2, 2, "complete"],
      ["workers", 1, 1, "complete"],
      ["chat", 2, 2, "complete"],
      ["edge", 2, 2, "complete"],
    ],
  );
  const panel = await get("deployment", "panel");
  const [, tag] = panel.spec.template.spec.containers[0].image.split(/:(?=[^/]*$)/);
  assert.equal(said.tiers.find(({ name }: any) => name === "panel").version, tag);
  assert.deepEqual(
    said.addresses.map(({ name, status, problem }: any) => [name, status, problem]),
    [
      ["panel", 200, undefined],
      ["chat", 401, undefined],
    ],
  );
  for (const { issuer, daysLeft, problem } of said.certificates) {
    assert.match(issuer, /dev authority/);
    assert.ok(daysLeft >= 80 && daysLeft <= 90, String(daysLeft));
    assert.equal(problem, undefined);
  }
  assert.match(stdout, /^ {2}queue +(no|\d+) jobs?/m);
  assert.ok(Date.now() - Date.parse(said.backlog.at) < 90_000, "the workers have told it lately");
  assert.equal(said.state.lastUpdate.result, "succeeded");
  assert.ok(said.jobs.some(({ what, state }: any) => what === "panel migration" && state === "complete"));
  assert.ok(
    !stdout.includes(outputs.firstLogin.password) && !JSON.stringify(said).includes(outputs.firstLogin.password),
  );
});

test("status: the panel is scaled to nothing", async () => {
  await broken(
    "deployment/panel",
    () => kubectl("scale", "deployment/panel", "--replicas=0"),
    () => kubectl("scale", "deployment/panel", "--replicas=2"),
    async () => {
      const said = await verdict(
        "the panel is down",
        /NOT healthy: panel 0 of 2 ready \(it is scaled to 0; the stack says 2\)/,
      );
      // The public address says the same, through the proxy.
      const gone = await verdict(
        "its address says so",
        /panel\.localhost:8443 answers 50[23]: the proxy reaches no pod/,
      );
      assert.equal(gone.tiers.find(({ name }: any) => name === "panel").ready, 0);
      assert.ok(
        said.problems.every(({ subject }: any) => !/^chat/.test(subject)),
        "the chat goes on",
      );
    },
  );
});

test("status: the chat crashes, and its last words are told", async () => {
  const crash = {
    spec: {
      template: {
        spec: { containers: [{ name: "socket", command: ["/bin/sh", "-c", "echo no cookie today >&2; exit 7"] }] },
      },
    },
  };
  await broken(
    "deployment/chat",
    () => patch("deployment/chat", crash),
    () => undo("chat"),
    async () => {
      const said = await verdict(
        "the crash",
        /NOT healthy: chat does not get its new version \(.*exit code 7, last words: no cookie today\)/,
      );
      assert.equal(said.tiers.find(({ name }: any) => name === "chat").ready, 2, "what ran before goes on");
    },
  );
});

test("status: an image that does not exist", async () => {
  await broken(
    "deployment/workers",
    () => kubectl("set", "image", "deployment/workers", "worker=localhost/switchboard/panel:not-there"),
    () => undo("workers"),
    async () => {
      const said = await verdict("the image", /NOT healthy: workers does not get its new version \(.*Image.*not-there/);
      assert.ok(said.problems.some(({ what }: any) => /told to run not-there; the stack says src-/.test(what)));
    },
  );
});

test("status: a pod for which there is no node", async () => {
  await broken(
    "deployment/workers",
    () => patch("deployment/workers", { spec: { template: { spec: { nodeSelector: { disk: "none-has-it" } } } } }),
    () => undo("workers"),
    async () => {
      await verdict(
        "no node",
        /NOT healthy: workers does not get its new version \(Pending: 0\/\d+ nodes are available: .*node affinity\/selector/,
      );
    },
  );
});

test("status: a pod that is too large for the quota of its namespace", async () => {
  const huge = {
    spec: {
      template: {
        spec: { containers: [{ name: "worker", resources: { requests: { cpu: "900" }, limits: { cpu: "900" } } }] },
      },
    },
  };
  await broken(
    "deployment/workers",
    () => patch("deployment/workers", huge),
    () => undo("workers"),
    async () => {
      await verdict("the quota", /NOT healthy: workers does not get its new version \(.*exceeded quota: pods/);
    },
  );
});

test("status: Postgres is away; it comes before what needs it", async () => {
  await broken(
    "statefulset/postgres",
    () => kubectl("scale", "statefulset/postgres", "--replicas=0"),
    () => kubectl("scale", "statefulset/postgres", "--replicas=1"),
    async () => {
      const said = await verdict("Postgres and the panel", /NOT healthy: postgres 0 of 1 ready .*panel 0 of 2 ready/);
      assert.equal(said.problems[0].subject, "postgres");
    },
  );
});

test("status: the Service of the chat is gone, although its pods are ready", async () => {
  const { metadata, spec } = await get("service", "chat");
  const { name, labels, annotations } = metadata;
  // With the address that NGINX knows.
  const again = { apiVersion: "v1", kind: "Service", metadata: { name, labels, annotations }, spec };
  await broken(
    "service/chat",
    () => kubectl("delete", "service", "chat"),
    () => create(again),
    async () => {
      const said = await verdict("the Service", /NOT healthy: service chat is missing in the cluster/);
      assert.equal(said.tiers.find((tier: any) => tier.name === "chat").ready, 2);
    },
  );
});

test("status: nothing answers at the public addresses", async () => {
  await broken(
    "deployment/edge",
    () => kubectl("scale", "deployment/edge", "--replicas=0"),
    () => kubectl("scale", "deployment/edge", "--replicas=2"),
    async () => {
      const said = await verdict("the edge", /NOT healthy: edge 0 of 2 ready .*panel\.localhost:8443 does not answer/);
      assert.ok(said.certificates.every(({ problem }: any) => /was not shown/.test(problem)));
    },
  );
});

test("status of a stack that is nowhere: exit 3 where that is known, 1 where it is not", async () => {
  const empty = join(tmpdir(), "switchboard-e2e-nothing-here");
  const absent = await switchboardNowhere(empty, "status", "dev", "--json");
  assert.equal(absent.exitCode, 3, absent.stderr);
  assert.match(JSON.parse(absent.stdout).verdict, /^dev is not up: there are no local nodes$/);
  const silent = await switchboardNowhere(empty, "logs");
  assert.equal(silent.exitCode, 1);
  assert.match(silent.stderr, /dev is not up: there are no local nodes\n.*npm run up/);
  const wrong = await switchboard("status", "nope");
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /there is no stack nope/);
});
