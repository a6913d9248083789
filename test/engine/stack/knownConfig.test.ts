import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { isProduction } from "../../../cli/core/production";
import { offlinePlan } from "../../../engine/resources/offline";
import { knownConfig } from "../../../engine/stack/knownConfig";
import { readTargetAt } from "../../../engine/stack/target";
import { smallConfig } from "../../support/config";
import { repository } from "../../support/plan";
import { layerKey } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-known-"));
after(() => rmSync(folder, { recursive: true }));
const calls = join(folder, "calls");
process.env.PATH = [folder, process.env.PATH].join(delimiter);
let written = 0;

beforeEach(() => rmSync(calls, { force: true }));

interface Told {
  readonly [key: string]: { readonly value?: string; readonly secret: boolean };
}

/** A Pulumi CLI that answers `pulumi config --json`, without secrets and with them; undefined is a refusal. */
function pulumi(open: Told | undefined, all: Told | undefined): void {
  const answer = (told: Told | undefined) =>
    told ? `cat <<'END'\n${JSON.stringify(told)}\nEND\n` : "echo 'error: incorrect passphrase' >&2; exit 255\n";
  const script = `#!/bin/sh\necho "$@" >> ${calls}\ncase "$*" in *--show-secrets*)\n${answer(all)};;\n*)\n${answer(open)};;\nesac\n`;
  writeFileSync(join(folder, "pulumi"), script);
  chmodSync(join(folder, "pulumi"), 0o755);
}

/** A stack's file with these lines beside layers that are right. */
function file(lines: string, without: readonly string[] = []): string {
  const layers = Object.entries(smallConfig()).filter(([key]) => !without.some((one) => key.endsWith(`:${one}`)));
  const path = join(folder, `Pulumi.s${written++}.yaml`);
  writeFileSync(
    path,
    `${lines}\nconfig:\n${layers.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`).join("")}`,
  );
  return path;
}

const all = (more: Told = {}): Told => ({
  ...Object.fromEntries(
    Object.entries(smallConfig()).map(([key, value]) => [key, { value: JSON.stringify(value), secret: false }]),
  ),
  ...more,
});
const hiddenLayer = (layer: string) => ({ [layerKey(layer)]: { secret: true } });
const openLayer = (layer: string, value: object) => ({
  [layerKey(layer)]: { value: JSON.stringify(value), secret: true },
});
const edge = smallConfig()[layerKey("edge")] as Record<string, unknown>;

test("a file that says everything itself asks nobody", () => {
  pulumi(all(), all());
  assert.deepEqual(knownConfig(file("")).notes, []);
  assert.ok(!existsSync(calls));
});

test("what an environment gives is asked for, without secrets", () => {
  const path = file("environment: [acme/dev]", ["edge"]);
  pulumi(all(), undefined);
  const { config, notes } = knownConfig(path);
  assert.deepEqual(config[layerKey("edge")], edge);
  assert.deepEqual(notes, []);
  assert.doesNotMatch(readFileSync(calls, "utf8"), /show-secrets/);
});

test("a layer with a secret in it is asked for with it, and the secret is kept from what prints", () => {
  const panel = {
    ...(smallConfig()[layerKey("panel")] as object),
    env: { A: "hunter2" },
    secretEnv: { B: "hunter3" },
  };
  pulumi(all(hiddenLayer("panel")), all(openLayer("panel", panel)));
  const { config, notes } = knownConfig(file("environment: [acme/dev]", ["panel"]));
  assert.deepEqual(config[layerKey("panel")], {
    ...panel,
    env: { A: { secure: "" } },
    secretEnv: { B: { secure: "" } },
  });
  assert.deepEqual(notes, []);
});

test("a layer that is encrypted as a whole is previewed with what the CLI gives of it", async () => {
  const path = file("", ["edge"]);
  writeFileSync(path, `${readFileSync(path, "utf8")}  ${layerKey("edge")}: {secure: v1:abc}\n`);
  pulumi(all(hiddenLayer("edge")), all(openLayer("edge", edge)));
  const plan = await offlinePlan("s", { file: path });
  assert.match(JSON.stringify(plan.registrations), /panel\.example\.com/);
});

test("where the CLI cannot tell, that is said, and no stack is taken for one of this machine", async () => {
  const path = file("", ["cluster"]);
  writeFileSync(path, `${readFileSync(path, "utf8")}  ${layerKey("cluster")}: {secure: v1:abc}\n`);
  pulumi(all(hiddenLayer("cluster")), undefined);
  const { notes } = knownConfig(path);
  assert.deepEqual(notes, [
    `${layerKey("cluster")}: hold secrets, and the Pulumi CLI could not tell the rest of them: error: incorrect passphrase`,
  ]);
  assert.equal(readTargetAt(path).local, false);
  assert.equal(isProduction({ stack: "s", stackFile: path }), false);
  await assert.rejects(
    offlinePlan("s", { file: path }),
    new RegExp(`${layerKey("cluster")} is encrypted as a whole|incorrect passphrase`),
  );
  const other = file("environment: [acme/dev]", ["edge"]);
  pulumi(undefined, undefined);
  const [note = ""] = knownConfig(other).notes;
  assert.match(
    note,
    /has environments of Pulumi ESC, which the Pulumi CLI could not tell: error: incorrect passphrase$/,
  );
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(repository, "cli/bin/switchboard.cjs"), "preview", other, "--json"],
    { cwd: repository, encoding: "utf8" },
  );
  assert.equal(status, 1, stderr);
  assert.match((stdout + stderr).replace(/\s+/g, " "), /incorrect passphrase.*edge\.image: is not set/);
});
