import assert from "node:assert/strict";
import { test } from "node:test";
import { layersOf, othersOf, readStackFile } from "../../../components/schema/stackFile";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import { smallConfig } from "../../support/config";
import { layerKey, project } from "../../support/project";
import { context } from "./stack";

/** The problems of a stack's file that has these lines in place of a layer's. */
function problemsOf(layer: string, lines: string, prefix = project): readonly string[] {
  const others = Object.entries(smallConfig({ cluster: { context: "here" } })).filter(
    ([key]) => key !== layerKey(layer),
  );
  const text = ["config:", ...others.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)];
  const file = readStackFile([...text, `  ${prefix}:${layer}: ${lines}`, ""].join("\n"), {
    name: project,
    defaults: {},
  });
  const keys = othersOf(file.config, project);
  try {
    parseSettings(layersOf(file.config, project), { ...context, project, stored: file, others: keys });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems;
  }
}

const panel = (more: string) =>
  `{image: "registry.example/panel:1.0.0", firstAdministrator: admin@example.com, ${more}}`;

test("a date without quotes is told, and what to write: in a variable, and where a day is wanted", () => {
  assert.deepEqual(problemsOf("panel", panel("env: {RELEASED: 2026-11-20}")), [
    'panel.env.RELEASED: is a date without quotes, of which Pulumi makes "2026-11-20 00:00:00 +0000 UTC"; quote it: "2026-11-20"',
  ]);
  assert.deepEqual(problemsOf("panel", panel("env: {RELEASED: 2026-11-20T06:00:00+02:00}")), [
    'panel.env.RELEASED: is a date without quotes, of which Pulumi makes "2026-11-20 06:00:00 +0200 +0200"; quote it: "2026-11-20T06:00:00+02:00"',
  ]);
  assert.equal(
    problemsOf("panel", panel("env: {2026-11-20: a}"))[0],
    'panel.env: the key 2026-11-20 is a date without quotes, of which Pulumi makes "2026-11-20 00:00:00 +0000 UTC"; quote it',
  );
  assert.deepEqual(problemsOf("panel", panel('env: {RELEASED: "2026-11-20"}')), []);
});

test("what the CLI has written of a date into the file is found too", () => {
  // On a machine in Berlin, `pulumi config set` has rewritten the file.
  assert.deepEqual(problemsOf("panel", panel("env: {RELEASED: 2026-11-20 06:00:00 +0100 CET}")), [
    'panel.env.RELEASED: is a date without quotes, of which Pulumi makes "2026-11-20 06:00:00 +0100 CET"; quote it: "2026-11-20T06:00:00+01:00"',
  ]);
});

test("a number where a text is wanted is told as it was written", () => {
  assert.deepEqual(problemsOf("panel", panel("env: {ENABLED: true, MODE: 0x1F, RUBY: 3.30}")), [
    'panel.env.ENABLED: true is not text; quote it: "true"',
    'panel.env.MODE: 31 is not text; quote it: "0x1F"',
    'panel.env.RUBY: 3.3 is not text; quote it: "3.30"',
  ]);
});

test("a choice of texts that got a number says to quote it", () => {
  const cloudSql = "{kind: cloudSql, version: 17}";
  assert.ok(problemsOf("postgres", cloudSql).includes('postgres.version: 17 is not text; quote it: "17"'));
  const elastiCache = "{kind: elastiCache, version: 7.20, nodeType: cache.t4g.small}";
  const [problem = ""] = problemsOf("redis", elastiCache).filter((one) => one.startsWith("redis.version"));
  assert.match(problem, /^redis\.version: 7\.2 is not text; quote it: "7\.20"/);
});

test("a layer under another project's name is pointed at, and nothing else is said of it", () => {
  assert.deepEqual(problemsOf("panel", "{replicas: 2}", "other"), [
    `other:panel: is of another project; this project is called ${project} (Pulumi.yaml), so write it as ${layerKey("panel")}`,
  ]);
});
