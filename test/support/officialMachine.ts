import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../components/clouds";
import { pluginNeeds, wantedVersion } from "../../engine/plugins";

import type { Calls } from "../cli/doctor/fakeHosts";
import { repository } from "./plan";

/** A folder that is gone when this process is. */
export const machine = mkdtempSync(join(tmpdir(), "up-test-"));
process.once("exit", () => rmSync(machine, { recursive: true, force: true }));

const type = "gcp:sql/databaseInstance:DatabaseInstance";

/** A step as the CLI's report has it. */
export const step = (op: string, name: string) => {
  const urn = `urn:pulumi:prod::switchboard::${type}::${name}`;
  const state = { urn, type, custom: true, inputs: { region: "europe-west1" } };
  return JSON.stringify({ op, urn, ...(op === "create" ? { newState: state } : { oldState: state }) });
};

/** What the backend keeps of a stack that is up, as far as anybody asks. */
const there = [{ urn: `urn:pulumi:prod::switchboard::${type}::data`, type, custom: true, id: "data" }];

/** What a machine has besides the official parts. */
export interface Parts {
  /** Stacks of the backend. @default prod */
  readonly known?: readonly { readonly name: string }[];
  /** Resources in the state. @default one, so that no `up` is the first */
  readonly resources?: readonly object[];
  /** What commands and Google's APIs answer, by question; one that is not among them fails. */
  readonly answers?: Calls;
  /** @default gcp */
  readonly cloud?: Cloud;
  /** Without the programs of the machine that the tests run on, but for a shell and git. @default false */
  readonly bare?: boolean;
}

/** A machine where everything official is installed, as scripts that keep what they were called with. */
export function officialMachine(
  preview: string,
  { known = [{ name: "prod" }], resources = there, answers = {}, cloud = "gcp", bare = false }: Parts = {},
): {
  calls: () => string;
  /** Folder of the home and of `calls`. */
  home: string;
  up: (...flags: string[]) => Finished;
  switchboard: (...words: string[]) => Finished;
} {
  const home = mkdtempSync(join(machine, "home-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  const script = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${home}/calls"\n${text}\n`, { mode: 0o755 });
  script("docker", "echo building; echo layers >&2");
  answering(bin, home, answers);
  const offline = answeringForGoogle(home);
  script("pulumi-language-nodejs", "");
  script(
    "pulumi",
    `case "$1 $2" in
  "whoami "*) echo '{"user":"deployer","url":"gs://state"}' ;;
  "stack ls") echo '${JSON.stringify(known)}' ;;
  "stack export") echo '${JSON.stringify({ version: 3, deployment: { resources } })}' ;;
  "stack import") echo "imported $(cat)" >> "${home}/calls" ;;
  "stack output") echo '{"panelUrl":"https://panel.switchboard.dev"}' ;;
  "preview "*) ${preview} ;;
  "up "*|"destroy "*) echo '{"summaryEvent":{"durationSeconds":1,"resourceChanges":{"create":1}}}' ;;
esac`,
  );
  if (bare) for (const program of ["sh", "git"]) symlinkSync(`/usr/bin/${program}`, join(bin, program));
  for (const need of pluginNeeds(cloud).filter(({ kind }) => kind === "resource")) {
    const folder = join(home, `.pulumi/plugins/resource-${need.name}-v${wantedVersion(need)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, need.executable), "", { mode: 0o755 });
  }
  const env = {
    ...{ HOME: home, PATH: bare ? bin : `${bin}:/usr/bin:/bin`, SWITCHBOARD_CACHE: join(home, "cache") },
    ...{ PULUMI_BACKEND_URL: "gs://state", NODE_OPTIONS: `--require ${offline}` },
  };
  return {
    home,
    calls: () => (existsSync(join(home, "calls")) ? readFileSync(join(home, "calls"), "utf8") : ""),
    up: (...flags) => run(env, ["up", "prod", ...flags]),
    switchboard: (...words) => run(env, words),
  };
}

/** Programs that answer as a record of the doctor's world says, and keep what they were asked. */
function answering(bin: string, home: string, answers: Calls): void {
  const commands = Object.keys(answers).filter((key) => /^(gcloud|aws|gke-gcloud-auth-plugin|kubectl) /.test(key));
  const programs = new Set(commands.map((key) => key.split(" ")[0]!));
  const file = join(home, "answers.json");
  writeFileSync(file, JSON.stringify(answers));
  for (const program of programs) {
    const text = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const key = [${JSON.stringify(program)}, ...process.argv.slice(2)].join(" ");
appendFileSync(${JSON.stringify(join(home, "calls"))}, key + "\\n");
const answer = JSON.parse(readFileSync(${JSON.stringify(file)}, "utf8"))[key];
process.stdout.write(answer?.stdout ?? "");
process.stderr.write(answer?.stderr ?? "nobody has an answer to: " + key);
process.exitCode = answer?.exitCode ?? 1;
`;
    writeFileSync(join(bin, program), text, { mode: 0o755 });
  }
}

/** What each process of Node loads: Google's APIs answer as the record says, and are otherwise out of reach. */
function answeringForGoogle(home: string): string {
  const file = join(home, "google.cjs");
  const text = `const { readFileSync } = require("node:fs");
const { fetch } = globalThis;
globalThis.fetch = async (url, init = {}) => {
  if (!new URL(url).hostname.endsWith(".googleapis.com")) return fetch(url, init);
  const key = ["google", init.method ?? "GET", String(url), ...(init.body === undefined ? [] : [init.body])].join(" ");
  const answer = JSON.parse(readFileSync(${JSON.stringify(join(home, "answers.json"))}, "utf8"))[key];
  if (!answer) throw new TypeError("fetch failed: nobody has an answer to: " + key);
  return Response.json(answer.body, { status: answer.status });
};
`;
  writeFileSync(file, text);
  return file;
}

type Finished = ReturnType<typeof run>;

function run(env: Record<string, string>, words: readonly string[]) {
  const command = ["cli/bin/switchboard.cjs", ...words];
  return spawnSync(process.execPath, command, { cwd: repository, encoding: "utf8", env, input: "" });
}
