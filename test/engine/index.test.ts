import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Cloud } from "../../components/clouds";
import type { Engine } from "../../engine";
import { goToolStamp } from "../../engine/goTool";
import { officialProvider } from "../../engine/official";
import { type PluginNeed, pluginNeeds, wantedVersion } from "../../engine/plugins";
import { temporaryFolder } from "../../lib/temporary";

/** A machine with nothing but a `pulumi` on PATH that cannot install plugins. */
function machine() {
  const home = temporaryFolder("engine");
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "bin/pulumi"), `#!/bin/sh\necho "$@" >> "${home}/calls"\nexit 1\n`, { mode: 0o755 });
  const env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, SWITCHBOARD_CACHE: join(home, "cache") };
  const run = (more: Record<string, string>, cloud?: Cloud): unknown => {
    const script = `require("./engine/index").findEngine({ cloud: ${JSON.stringify(cloud)} })
      .catch((error) => ({ refusal: error.render() })).then((e) => process.stdout.write(JSON.stringify(e)))`;
    const args = ["--require", "./components/loader.cjs", "-e", script];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env: { ...env, ...more } }));
  };
  const find = (more: Record<string, string> = {}) => run(more) as Engine & { refusal?: string };
  const findFor = (cloud: Cloud, more: Record<string, string> = { PULUMI_BACKEND_URL: "gs://state" }) =>
    run(more, cloud) as Partial<Engine> & { refusal?: string };
  return { home, find, findFor };
}

/** Puts the official plugins where the official CLI would. */
function installOfficial(home: string, needs: readonly PluginNeed[]): void {
  writeFileSync(join(home, "bin/pulumi-language-nodejs"), "", { mode: 0o755 });
  for (const need of needs.filter(({ kind }) => kind === "resource")) {
    const folder = join(home, `.pulumi/plugins/resource-${need.name}-v${wantedVersion(need)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, need.executable), "", { mode: 0o755 });
  }
}

test("the pulumi on PATH comes first, with stand-ins only for plugins that it cannot install", () => {
  const { home, find } = machine();
  const engine = find();
  assert.equal(engine.executable, join(home, "bin/pulumi"));
  assert.equal(engine.origin, "path");
  assert.equal(engine.plugins, "local");
  assert.match(
    engine.note,
    /local stand-ins, because the official plugins are not installed: nodejs, kubernetes, random, tls/,
  );
  assert.match(readFileSync(join(home, "calls"), "utf8"), /plugin install resource kubernetes v\d/);
  assert.equal(engine.env.PULUMI_HOME, undefined, "the person's own Pulumi home stays");
});

test("official plugins are used where they are, and nothing then keeps Pulumi from its own ways", () => {
  const { home, find } = machine();
  installOfficial(home, pluginNeeds());
  const engine = find();
  assert.equal(engine.plugins, "official");
  assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
  assert.equal(existsSync(join(home, "calls")), false, "there was nothing to install");
  assert.doesNotMatch(engine.env.PATH!, /cache\/plugins/);
});

test("without a backend of their own a person gets a file backend and a passphrase that only they can read, once", () => {
  const { home, find } = machine();
  const { env } = find();
  assert.equal(env.PULUMI_BACKEND_URL, `file://${home}/cache/pulumi`);
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE!;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const passphrase = readFileSync(file, "utf8");
  assert.match(passphrase, /^[0-9a-f]{64}$/);
  const again = find();
  assert.equal(readFileSync(again.env.PULUMI_CONFIG_PASSPHRASE_FILE!, "utf8"), passphrase);
  assert.equal(again.env.SWITCHBOARD_STATE_ID, env.SWITCHBOARD_STATE_ID);
});

test("a backend that a person chose or is logged in to is left alone", () => {
  const { home, find } = machine();
  const chosen = find({ PULUMI_BACKEND_URL: "s3://bucket" }).env;
  assert.equal(chosen.PULUMI_BACKEND_URL, undefined);
  assert.equal(chosen.PULUMI_CONFIG_PASSPHRASE_FILE, undefined);
  assert.equal(find({ PULUMI_CONFIG_PASSPHRASE: "" }).env.PULUMI_CONFIG_PASSPHRASE_FILE, undefined);
  mkdirSync(join(home, ".pulumi"), { recursive: true });
  writeFileSync(join(home, ".pulumi/credentials.json"), JSON.stringify({ current: "https://api.example.com" }));
  assert.equal(find().env.PULUMI_BACKEND_URL, undefined);
});

test("a stack in a cloud gets official parts alone", () => {
  const { home, findFor } = machine();
  installOfficial(home, pluginNeeds("gcp"));
  const engine = findFor("gcp");
  assert.equal(engine.plugins, "official");
  assert.doesNotMatch(engine.env!.PATH!, /cache\/plugins/);
  assert.equal(engine.env!.PULUMI_BACKEND_URL, undefined);
});

test("official plugins that a cloud needs are installed if that can be; else each is named with its command", () => {
  const { home, findFor } = machine();
  installOfficial(home, pluginNeeds("gcp"));
  const { refusal } = findFor("aws");
  assert.match(readFileSync(join(home, "calls"), "utf8"), /^plugin install resource aws v7\.\d/m);
  assert.match(refusal!, /the official plugins aws are not installed and could not be installed now/);
  assert.match(refusal!, /uses official parts only: the stand-ins of this repository are made for the local nodes/);
  assert.match(refusal!, /pulumi plugin install resource aws v7\.\d[\s\S]*npm run preview/);
});

test("without an official CLI nothing is built for a cloud", () => {
  const { findFor } = machine();
  const { refusal } = findFor("gcp", { PATH: "/usr/bin:/bin" });
  assert.match(refusal!, /the Pulumi CLI is not installed.*official parts only/);
  assert.match(refusal!, /https:\/\/www\.pulumi\.com\/docs\/install/);
});

test("the state of a cloud stack is not put into this machine's cache", () => {
  const { home, findFor } = machine();
  installOfficial(home, pluginNeeds("gcp"));
  const { refusal } = findFor("gcp", {});
  assert.match(refusal!, /logged in to no backend[\s\S]*pulumi login gs:\/\/BUCKET/);
  assert.equal(existsSync(join(home, "cache/pulumi/passphrase")), false);
});

test("a person says whose Kubernetes provider it is; a word that is none of the two is refused with them", () => {
  const { home, find } = machine();
  installOfficial(home, pluginNeeds());
  assert.equal(find().kubernetes, "official");
  const local = find({ SWITCHBOARD_KUBERNETES_PROVIDER: "local" });
  assert.equal(local.kubernetes, "local");
  assert.match(local.note, /the local stand-in for kubernetes, as SWITCHBOARD_KUBERNETES_PROVIDER says$/);
  assert.match(local.env.PATH!, /^\S*cache\/plugins\/kubernetes:/);
  assert.equal(find({ SWITCHBOARD_KUBERNETES_PROVIDER: "official" }).kubernetes, "official");
  const { refusal } = find({ SWITCHBOARD_KUBERNETES_PROVIDER: "offical" });
  assert.match(refusal!, /SWITCHBOARD_KUBERNETES_PROVIDER is "offical"; it can be official or local/);
});

test("the official Kubernetes provider that is not installed is the built one, before the stand-ins of the others", () => {
  const { home, find } = machine();
  const cache = join(home, "cache");
  for (const folder of ["bin", "stamps"]) mkdirSync(join(cache, folder), { recursive: true });
  writeFileSync(join(cache, "bin/official-kubernetes-provider"), "", { mode: 0o755 });
  writeFileSync(join(cache, "stamps/official-kubernetes-provider"), goToolStamp(officialProvider));
  const engine = find({ SWITCHBOARD_KUBERNETES_PROVIDER: "official" });
  assert.equal(engine.kubernetes, "official");
  const [first, second] = engine.env.PATH!.split(":");
  assert.equal(
    readlinkSync(join(first!, "pulumi-resource-kubernetes")),
    join(cache, "bin/official-kubernetes-provider"),
  );
  assert.match(second!, /plugins\/nodejs-random-tls$/);
  assert.match(
    engine.note,
    /official Kubernetes provider 4\.25\.0 built from its Go module; local stand-ins, .*: nodejs, random, tls$/,
  );
  assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
  assert.equal(find().kubernetes, "local", "nobody asked for it");
});

test("stand-ins are told apart where the state is in a backend of the person's own", () => {
  const { find } = machine();
  assert.deepEqual(find().misplaced, []);
  assert.deepEqual(find({ PULUMI_BACKEND_URL: "s3://bucket" }).misplaced, ["nodejs", "kubernetes", "random", "tls"]);
});
