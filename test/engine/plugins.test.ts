import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { officialPlugin, pluginNeeds, wantedVersion } from "../../engine/plugins";
import { temporaryFolder } from "../../lib/temporary";

const nodejs = pluginNeeds().find(({ name }) => name === "nodejs")!;
const kubernetes = pluginNeeds().find(({ name }) => name === "kubernetes")!;

function executable(...path: string[]): string {
  const file = join(...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
  return file;
}

test("an official plugin is found on PATH, or in a Pulumi home in the version that the program asks for", () => {
  const folder = temporaryFolder("plugins");
  assert.equal(officialPlugin(kubernetes, [folder], [folder]), undefined);
  executable(folder, "plugins", "resource-kubernetes-v1.0.0", "pulumi-resource-kubernetes");
  assert.equal(officialPlugin(kubernetes, [folder], [folder]), undefined, "another version does not count");
  const inHome = executable(
    folder,
    "plugins",
    `resource-kubernetes-v${wantedVersion(kubernetes)}`,
    "pulumi-resource-kubernetes",
  );
  assert.equal(officialPlugin(kubernetes, [folder], [folder]), inHome);
  const onPath = executable(folder, "pulumi-resource-kubernetes");
  assert.equal(officialPlugin(kubernetes, [folder], [folder]), onPath);
});

test("the language host is looked for on PATH only, where the CLI brings it", () => {
  const folder = temporaryFolder("plugins");
  const host = executable(folder, "pulumi-language-nodejs");
  assert.equal(officialPlugin(nodejs, [], [folder]), undefined);
  assert.equal(officialPlugin(nodejs, [folder], []), host);
});

test("a stack in a cloud needs that cloud's plugin, and no plugin of it has a stand-in", () => {
  const names = (cloud?: "gcp" | "aws") => pluginNeeds(cloud).map(({ name }) => name);
  assert.deepEqual(names(), ["nodejs", "kubernetes", "random", "tls"]);
  assert.deepEqual(names("gcp"), ["nodejs", "kubernetes", "random", "tls", "gcp"]);
  assert.deepEqual(names("aws"), ["nodejs", "kubernetes", "random", "tls", "aws"]);
  assert.ok(pluginNeeds().every(({ standIn }) => standIn));
  for (const cloud of ["gcp", "aws"] as const) {
    assert.ok(pluginNeeds(cloud).every(({ standIn }) => standIn === undefined));
    assert.match(wantedVersion(pluginNeeds(cloud).at(-1)!)!, /^\d+\.\d+\.\d+$/);
  }
});

test("every stand-in can be started: it prints a port", async () => {
  const cache = temporaryFolder("plugins");
  const script = `
    const { pluginNeeds, standInFolder } = require("./engine/plugins");
    process.stdout.write(standInFolder(pluginNeeds()));`;
  const args = ["--require", "./components/loader.cjs", "-e", script];
  const env = { ...process.env, SWITCHBOARD_CACHE: cache };
  const folder = execFileSync(process.execPath, args, { encoding: "utf8", env });
  await Promise.all(
    pluginNeeds().map(async ({ executable }) => {
      const plugin = spawn(join(folder, executable), ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
      const [port] = (await once(plugin.stdout, "data")) as [Buffer];
      plugin.kill("SIGINT");
      assert.match(port.toString(), /^\d+\n$/, executable);
      assert.deepEqual(await once(plugin, "exit"), [0, null]);
    }),
  );
});
