import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { appOf } from "../../../cli/cluster/apps";
import { tierOf } from "../../../cli/cluster/tiers";
import { readTargetAt } from "../../../engine/stack/target";
import { temporaryFolder } from "../../../lib/temporary";
import { layerKey } from "../../support/project";

const folder = temporaryFolder("apps");
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "Pulumi.dev.yaml");
writeFileSync(
  file,
  `config:
  ${layerKey("apps")}:
    shop:
      image: registry.example/shop:1
      processes: {web: {port: 3000}, worker: {}}
      console: {command: [bin/rails, console], script: [bin/rails, runner, "-"], expression: "puts((%s).inspect)"}
    plain: {image: registry.example/plain:1, processes: {main: {}}}
    talk:
      image: registry.example/talk:1
      processes: {web: {port: 4000, cluster: {kind: beam}}}
      console: {command: [bin/talk, remote]}
`,
);
const target = readTargetAt(file);

test("the apps of a stack are those with code of their own and those of its file", () => {
  assert.deepEqual(appOf("panel", target).workload, "panel");
  const { workload, console } = appOf("shop", target);
  assert.equal(workload, "shop-web", "the first process has the image and the variables");
  assert.deepEqual(console?.prompt, ["bin/rails", "console"]);
  assert.deepEqual(console?.script, ["bin/rails", "runner", "-"]);
  assert.equal(console?.expressionScript("User.count $& $1"), "puts((User.count $& $1).inspect)");
  assert.equal(console?.livePod, undefined);
  assert.deepEqual(appOf("talk", target).console?.livePod, {
    identity: { name: "talk", component: "web" },
    variable: "POD_IP",
  });
  assert.deepEqual(appOf("plain", target), { workload: "plain-main", console: undefined });
  assert.throws(() => appOf("shops", target), /stack dev has no app shops/);
});

test("a process of a declared app is a part of its own, what ends is a job", () => {
  const tier = (name: string, component: string) =>
    tierOf({ "app.kubernetes.io/name": name, "app.kubernetes.io/component": component });
  assert.deepEqual(
    [tier("shop", "web"), tier("shop", "release"), tier("shop", "schedule-nightly"), tier("shop", "console")],
    ["shop-web", "jobs", "jobs", "jobs"],
  );
  assert.deepEqual(
    [tier("panel", "web"), tier("panel", "migration"), tier("postgres", "roles"), tier("redis", "server")],
    ["panel", "jobs", "jobs", "redis"],
  );
  assert.equal(tierOf(undefined), "jobs");
});
