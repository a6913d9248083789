import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { execa } from "execa";
import { FakeGithub } from "../../support/forges/github";
import { repository } from "../../support/plan";

const forge = new FakeGithub();
before(() => forge.start());
after(() => forge.stop());
beforeEach(() => {
  forge.environments.clear();
  forge.branchPolicies.clear();
});

interface Said {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of the pipelines as a workflow's step would. */
async function step(script: string, args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ["--require", "./components/loader.cjs", `cli/ci/${script}.ts`, ...args],
    { cwd: repository, reject: false, extendEnv: false, env: { PATH: process.env.PATH!, ...env } },
  );
  return { exitCode, stdout, stderr };
}

const workflow = (more: Record<string, string> = {}) => ({
  ...{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: forge.repository, GITHUB_SERVER_URL: "https://github.com" },
  ...{ GITHUB_API_URL: forge.origin, GITHUB_SHA: "a".repeat(40), GITHUB_TOKEN: "token", DEFAULT_BRANCH: "main" },
  ...{ PRODUCTION: JSON.stringify([{ stack: "prod", cloud: "gcp" }]), EVERYWHERE: "false" },
  ...more,
});
const approval = (job: string, more: Record<string, string> = {}) => step("approval", [job], workflow(more));

/** Everything as docs/pull-requests.md asks for it. */
function closed(): void {
  forge.environments.set("prod", 2).set("preview-prod", 1).set("drift-prod", 0);
  forge.branchPolicies.set("prod", ["main"]).set("drift-prod", "protected");
}

describe("deployments and drift checks go on where no branch gets at production, and nowhere else", () => {
  for (const [name, change, job, what] of [
    ["all is closed", () => {}, "deploy", undefined],
    ["all is closed, for drift", () => {}, "drift", undefined],
    ["no environment", () => forge.environments.delete("prod"), "deploy", /environment prod has no required reviewers/],
    [
      "nobody approves",
      () => forge.environments.set("prod", 0),
      "deploy",
      /environment prod has no required reviewers/,
    ],
    [
      "any branch",
      () => forge.branchPolicies.delete("prod"),
      "deploy",
      /jobs of every branch may use the environment prod/,
    ],
    [
      "a branch that anybody may make",
      () => forge.branchPolicies.set("prod", ["main", "release/*"]),
      "deploy",
      /jobs of the branches main, release\/\* may use the environment prod/,
    ],
    [
      "previews that nobody approves",
      () => forge.environments.set("preview-prod", 0),
      "deploy",
      /the environment preview-prod has no required reviewers/,
    ],
    ["offline previews only", () => forge.environments.delete("preview-prod"), "deploy", undefined],
    [
      "drift for any branch",
      () => forge.branchPolicies.delete("drift-prod"),
      "deploy",
      /every branch may use the environment drift-prod/,
    ],
    [
      "a sweep of doors",
      () => forge.environments.set("door-prod", 0),
      "door",
      /every branch may use the environment door-prod/,
    ],
    ["a sweep without its environment", () => {}, "door", /there is no environment door-prod/],
    ["no drift check", () => forge.environments.delete("drift-prod"), "deploy", undefined],
    [
      "a drift check without its environment",
      () => forge.environments.delete("drift-prod"),
      "drift",
      /there is no environment drift-prod, so GitHub would make one that any branch may use/,
    ],
  ] as const) {
    test(name, async () => {
      closed();
      change();
      const { exitCode, stderr } = await approval(job);
      assert.equal(exitCode, what ? 1 : 0, stderr);
      assert.match(stderr, what ?? /kept from who may only push: prod/);
    });
  }

  test("everything that is open is told at once", async () => {
    forge.environments.set("prod", 0).set("preview-prod", 0).set("drift-prod", 0);
    const { stderr } = await approval("deploy");
    assert.equal(stderr.match(/the environment \S+ has no required reviewers/g)?.length, 2);
    assert.equal(stderr.match(/jobs of every branch may use the environment/g)?.length, 2);
  });

  test("what cannot be found out is a refusal", async () => {
    closed();
    assert.equal((await approval("deploy", { GITHUB_TOKEN: "wrong" })).exitCode, 1);
    assert.equal((await approval("deploy", { GITHUB_API_URL: "http://127.0.0.1:1" })).exitCode, 1);
    assert.equal((await approval("deploy", { GITHUB_ACTIONS: "" })).exitCode, 1);
    assert.equal((await approval("preview")).exitCode, 1);
    assert.equal((await approval("deploy", { PRODUCTION: "prod" })).exitCode, 1);
  });

  test("a secret of the repository is one of every branch", async () => {
    closed();
    const { exitCode, stderr } = await approval("deploy", { EVERYWHERE: "true" });
    assert.equal(exitCode, 1);
    assert.match(stderr, /PULUMI_CONFIG_PASSPHRASE reaches the jobs of every branch/);
  });
});

describe("a pull request's plan", () => {
  const plan = async (more: Record<string, string> = {}) => {
    const { exitCode, stdout, stderr } = await step(
      "plan",
      ["--stack", "prod", "--stack", "prod-eks", "--stack", "dev", "--live", "true", "--reviewed"],
      workflow(more),
    );
    return { exitCode, stderr, plan: exitCode === 0 ? JSON.parse(stdout) : undefined };
  };
  const names = (jobs: readonly { stack: string }[]) => jobs.map(({ stack }) => stack);

  test("previews production live only where it waits for a reviewer", async () => {
    forge.environments.set("preview-prod", 1).set("preview-prod-eks", 0);
    const said = await plan();
    assert.deepEqual(names(said.plan.live), ["prod"]);
    assert.deepEqual(names(said.plan.offline), ["prod-eks", "dev"]);
    assert.match(said.stderr, /prod-eks: previewed offline, because its environment preview-prod-eks has no required/);
  });

  test("fails where the forge does not say it", async () => {
    assert.equal((await plan({ GITHUB_TOKEN: "wrong" })).exitCode, 1);
  });
});

describe("on GitLab", () => {
  const gitlab = {
    ...{ GITLAB_CI: "true", CI_PROJECT_PATH: "acme/shop", CI_PROJECT_URL: "https://gitlab.com/acme/shop" },
    ...{ CI_API_V4_URL: "https://gitlab.com/api/v4", CI_COMMIT_SHA: "a".repeat(40), CI_COMMIT_REF_NAME: "main" },
  };

  test("only a protected branch's job goes on", async () => {
    assert.equal((await step("approval", ["deploy"], { ...gitlab, CI_COMMIT_REF_PROTECTED: "true" })).exitCode, 0);
    for (const said of ["false", ""]) {
      const { exitCode, stderr } = await step("approval", ["drift"], { ...gitlab, CI_COMMIT_REF_PROTECTED: said });
      assert.equal(exitCode, 1);
      assert.match(stderr, /main is no protected branch, and this job has the role of production/);
    }
  });

  test("a job without an environment must not see what production's have, and no value is shown", async () => {
    assert.equal((await step("approval", ["open"], gitlab)).exitCode, 0);
    const open = { ...gitlab, AWS_ROLE: "arn:aws:iam::1:role/x", PULUMI_CONFIG_PASSPHRASE: "hunter2" };
    const { exitCode, stderr } = await step("approval", ["open"], open);
    assert.equal(exitCode, 1);
    assert.match(stderr, /PULUMI_CONFIG_PASSPHRASE reaches the jobs of every branch\nAWS_ROLE reaches/);
    assert.doesNotMatch(stderr, /hunter2|arn:aws/);
  });
});
