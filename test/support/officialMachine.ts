import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { pluginNeeds, wantedVersion } from "../../local/engine/plugins";
import { repository } from "./plan";

/** A folder that is gone after the tests of the file. */
export const machine = mkdtempSync(join(tmpdir(), "up-test-"));
after(() => rmSync(machine, { recursive: true }));

const type = "gcp:sql/databaseInstance:DatabaseInstance";

/** A step as the CLI's report has it. */
export const step = (op: string, name: string) => {
  const urn = `urn:pulumi:prod::switchboard::${type}::${name}`;
  const state = { urn, type, custom: true, inputs: { region: "europe-west1" } };
  return JSON.stringify({ op, urn, ...(op === "create" ? { newState: state } : { oldState: state }) });
};

/** A machine where everything official is installed, as scripts that keep what they were called with. */
export function officialMachine(
  preview: string,
  known = [{ name: "prod" }],
  resources: readonly object[] = [],
): {
  calls: () => string;
  up: (...flags: string[]) => Finished;
  switchboard: (...words: string[]) => Finished;
} {
  const home = mkdtempSync(join(machine, "home-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  const script = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${home}/calls"\n${text}\n`, { mode: 0o755 });
  script("docker", "echo building; echo layers >&2");
  script("pulumi-language-nodejs", "");
  script(
    "pulumi",
    `case "$1 $2" in
  "stack ls") echo '${JSON.stringify(known)}' ;;
  "stack export") echo '${JSON.stringify({ version: 3, deployment: { resources } })}' ;;
  "stack import") echo "imported $(cat)" >> "${home}/calls" ;;
  "stack output") echo '{"panelUrl":"https://panel.switchboard.dev"}' ;;
  "preview "*) ${preview} ;;
  "up "*|"destroy "*) echo '{"summaryEvent":{"durationSeconds":1,"resourceChanges":{"create":1}}}' ;;
esac`,
  );
  for (const need of pluginNeeds("gcp").filter(({ kind }) => kind === "resource")) {
    const folder = join(home, `.pulumi/plugins/resource-${need.name}-v${wantedVersion(need)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, need.executable), "", { mode: 0o755 });
  }
  const env = {
    ...{ HOME: home, PATH: `${bin}:/usr/bin:/bin`, SWITCHBOARD_CACHE: join(home, "cache") },
    PULUMI_BACKEND_URL: "gs://state",
  };
  return {
    calls: () => (existsSync(join(home, "calls")) ? readFileSync(join(home, "calls"), "utf8") : ""),
    up: (...flags) => run(env, ["up", "prod", ...flags]),
    switchboard: (...words) => run(env, words),
  };
}

type Finished = ReturnType<typeof run>;

function run(env: Record<string, string>, words: readonly string[]) {
  const command = ["ops/bin/switchboard.cjs", ...words];
  return spawnSync(process.execPath, command, { cwd: repository, encoding: "utf8", env, input: "" });
}
