import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { command as comment } from "../../cli/commands/comment";
import { command as doctor } from "../../cli/commands/doctor";
import { command as drift } from "../../cli/commands/drift";
import type { CommandSpec } from "../../cli/core/command";
import { repository } from "./plan";

/**
 * The actions that may be used, each at one commit, with the inputs that this repository gives them. Commit and version
 * were found together in public repositories, each pair in at least three of them; renewing one is a change here and in
 * the workflows.
 */
export const actions: Readonly<Record<string, { sha: string; version: string; inputs: readonly string[] }>> = {
  "actions/checkout": {
    sha: "3d3c42e5aac5ba805825da76410c181273ba90b1",
    version: "v7.0.1",
    inputs: ["fetch-depth", "persist-credentials"],
  },
  "actions/setup-node": {
    sha: "820762786026740c76f36085b0efc47a31fe5020",
    version: "v7.0.0",
    inputs: ["node-version", "cache", "package-manager-cache"],
  },
  "actions/setup-go": {
    sha: "b7ad1dad31e06c5925ef5d2fc7ad053ef454303e",
    version: "v7.0.0",
    inputs: ["go-version", "cache"],
  },
  "actions/upload-artifact": {
    sha: "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a",
    version: "v7.0.1",
    inputs: ["name", "path", "if-no-files-found", "retention-days"],
  },
  "actions/download-artifact": {
    sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
    version: "v8.0.1",
    inputs: ["name", "pattern", "path", "merge-multiple", "run-id", "github-token"],
  },
  "google-github-actions/auth": {
    sha: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093",
    version: "v3.0.0",
    inputs: ["workload_identity_provider", "service_account"],
  },
  "google-github-actions/setup-gcloud": {
    sha: "aa5489c8933f4cc7a4f7d45035b3b1440c9c10db",
    version: "v3.0.1",
    inputs: ["install_components"],
  },
  "aws-actions/configure-aws-credentials": {
    sha: "cbe3b392738ccf3f987d68400dafcf4b0624a56c",
    version: "v6.2.4",
    inputs: ["role-to-assume", "aws-region", "role-duration-seconds"],
  },
  "docker/setup-qemu-action": { sha: "c7c53464625b32c7a7e944ae62b3e17d2b600130", version: "v3.7.0", inputs: [] },
  "docker/setup-buildx-action": { sha: "8d2750c68a42422c14e847fe6c8ac0403b4cbd6f", version: "v3.12.0", inputs: [] },
  "aquasecurity/setup-trivy": {
    sha: "3fb12ec12f41e471780db15c232d5dd185dcb514",
    version: "v0.2.6",
    inputs: ["version"],
  },
  "anchore/sbom-action/download-syft": {
    sha: "e22c389904149dbc22b58101806040fa8d37a610",
    version: "v0.24.0",
    inputs: [],
  },
  "sigstore/cosign-installer": { sha: "6f9f17788090df1f26f669e9d70d6ae9567deba6", version: "v4.1.2", inputs: [] },
  "pulumi/actions": {
    sha: "8e5e406f4007fca908480587cb9893c07090f58d",
    version: "v7.0.0",
    inputs: ["pulumi-version", "command", "stack-name", "suppress-outputs", "comment-on-summary"],
  },
};

const folder = join(repository, ".github/workflows");

/** The committed workflows by file name. */
export function workflows(): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** What is wrong with a workflow, one sentence each. */
export function complaints(text: string): string[] {
  const workflow = parse(text);
  const found: string[] = [];
  const complain = (what: string) => found.push(what);
  const events = typeof workflow.on === "string" ? [workflow.on] : Object.keys(workflow.on);
  if (JSON.stringify(workflow.permissions) !== "{}") complain("top-level permissions are not {}");
  if (events.includes("pull_request_target")) complain("pull_request_target runs with secrets for forks");
  pins(text, complain);
  for (const [name, job] of Object.entries<any>(workflow.jobs)) {
    const say = (what: string) => complain(`${name}: ${what}`);
    checkJob(job, say);
    if (events.includes("pull_request")) checkForks(job, say);
    if (events.includes("workflow_run")) checkPrivileged(job, say);
    checkChanging(job, workflow, say);
    checkRoles(job, events, say);
  }
  return found;
}

/** Each use of an action by commit, with the version as a comment. */
function pins(text: string, complain: (what: string) => void): void {
  for (const [line] of text.matchAll(/^.*\buses:.*$/gm)) {
    const [, action = "", sha, version] =
      /uses: ([\w.-]+\/[\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(line) ?? [];
    const known = actions[action];
    if (!sha) complain(`not pinned by commit with its version: ${line.trim()}`);
    else if (known?.sha !== sha || known.version !== version) complain(`not the commit that is known: ${line.trim()}`);
  }
}

function checkJob(job: any, say: (what: string) => void): void {
  if (!(job["timeout-minutes"] > 0)) say("no timeout-minutes");
  if (typeof job.permissions !== "object" || job.permissions === null) say("no permissions of its own");
  if (Object.values(job.permissions ?? {}).some((level) => !["read", "write", "none"].includes(level as string))) {
    say("permissions that are not named one by one");
  }
  if (job.container && !/@sha256:[0-9a-f]{64}$/.test(job.container.image)) say("a container without a digest");
  for (const step of job.steps) {
    if (/\$\{\{/.test(step.run ?? "")) say(`an expression in a script: ${step.run.split("\n")[0]}`);
    const action = /^([^@]+)@/.exec(step.uses ?? "")?.[1];
    const unknown = Object.keys(step.with ?? {}).filter((key) => !actions[action ?? ""]?.inputs.includes(key));
    if (unknown.length > 0) say(`${action} has no input ${unknown.join(", ")}`);
    if (action === "actions/checkout" && step.with?.["persist-credentials"] !== false) say("checkout keeps the token");
    if (action === "pulumi/actions" && step.with?.["comment-on-pr"]) say("pulumi/actions comments by itself");
    for (const problem of missingCommands(step.run ?? "")) say(problem);
  }
}

/** Whatever code of a fork can reach must have nothing worth having. */
function checkForks(job: any, say: (what: string) => void): void {
  const condition = String(job.if ?? "");
  const own =
    condition.includes("github.event.pull_request.head.repo.full_name == github.repository") &&
    condition.includes("github.actor != 'dependabot[bot]'") &&
    // An `or` beside it would let others in.
    !/\|\|/.test(condition.replace(/\(\([^()]*\([^()]*\)[^()]*\) \|\|\s+\([^()]*\)\)/, ""));
  const scheduled = condition.includes("github.event_name != 'pull_request'");
  if (own || scheduled) return;
  if (Object.values(job.permissions ?? {}).includes("write")) say("a fork's code would get a token that writes");
  if (JSON.stringify(job).includes("secrets.")) say("a fork's code would get a secret");
  if (job.environment) say("a fork's code would get an environment's variables");
}

/** With the rights of the default branch: no code, no cache and no name of the pull request. */
function checkPrivileged(job: any, say: (what: string) => void): void {
  for (const step of job.steps) {
    if (step.uses?.startsWith("actions/checkout@") && (step.with?.ref || step.with?.repository)) {
      say("a privileged job checks out another commit");
    }
    if (step.uses?.startsWith("actions/setup-node@") && step.with?.cache) say("a privileged job uses a cache");
    if (step.uses?.startsWith("actions/download-artifact@") && !String(step.with?.path).includes("runner.temp")) {
      say("a privileged job unpacks an artifact over its code");
    }
    if (/npm (ci|install)/.test(step.run ?? "") && !step.run.includes("--ignore-scripts")) {
      say("a privileged job runs install scripts");
    }
  }
  if (Object.keys(job.permissions).some((key) => !["contents", "actions", "pull-requests"].includes(key))) {
    say("a privileged job has more rights than it needs");
  }
}

/** Jobs that change what runs: in an environment, one at a time, never cancelled half way. */
function checkChanging(job: any, workflow: any, say: (what: string) => void): void {
  const text = JSON.stringify(job.steps);
  if (!/"command":"(up|destroy)"|review\.ts (up|down|sweep)/.test(text)) return;
  if (!job.environment) say("changes a stack outside of an environment");
  const concurrency = job.concurrency ?? workflow.concurrency;
  if (concurrency?.["cancel-in-progress"] !== false) say("a running change can be cancelled");
}

/** Jobs with a role in a cloud: whose code gets it, and where they run. */
function checkRoles(job: any, events: readonly string[], say: (what: string) => void): void {
  const { environment } = job;
  const name = String((typeof environment === "string" ? environment : environment?.name) ?? "");
  const isProduction = name.includes("matrix.stack");
  const byBranch = events.includes("pull_request");
  const looks = JSON.stringify(job.steps);
  if (job.permissions?.["id-token"] !== "write") {
    if (/PULUMI_BACKEND_URL/.test(looks)) say("reads a state without a role of its own");
    return;
  }
  if (!name) say("a role without an environment");
  if (!/\bvars\.(CLOUD|REVIEW)_RUNNER\b/.test(String(job["runs-on"])))
    say("a role, and no machine of one's own can be named");
  // An environment that takes no branch's jobs cannot be one that a pull request's job needs.
  if (isProduction && byBranch && !name.startsWith("preview-")) say("a branch's job in an environment of production");
  if (isProduction && !byBranch && name.startsWith("preview-")) say("waits for a reviewer where nobody is");
  const opens = /apiDoor\.ts open/.test(looks);
  const closes = (job.steps as any[]).some(
    (step) => /apiDoor\.ts close/.test(step.run ?? "") && /^always\(\) &&/.test(String(step.if)),
  );
  if (opens && !closes) say("an API server stays open when a step fails");
}

/** The commands that pipelines call. */
const commands: readonly CommandSpec[] = [comment, doctor, drift];

/** Commands that a script calls and that are not there. */
export function missingCommands(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const missing: string[] = [];
  for (const [, name = ""] of script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
    if (!(name in scripts)) missing.push(`npm run ${name} does not exist`);
  }
  for (const [, file = ""] of script.matchAll(/(?:^|\s)((?:cli|engine|review|sandbox|\.ci)\/[\w./-]+)/gm)) {
    if (!existsSync(join(repository, file))) missing.push(`${file} does not exist`);
  }
  for (const [line, name = "", rest = ""] of script.matchAll(/switchboard ([\w-]+)([^\n|;&]*)/g)) {
    const spec = commands.find((command) => command.name === name);
    if (!spec) missing.push(`switchboard ${name} is not checked here: ${line}`);
    const options = [
      "--stack",
      "--production",
      ...(spec?.options ?? []).map(({ flags }) => /--[\w-]+/.exec(flags)![0]),
    ];
    for (const [option] of rest.matchAll(/(?<=\s)--[\w-]+/g)) {
      if (!options.includes(option)) missing.push(`switchboard ${name} has no option ${option}`);
    }
  }
  return missing;
}
