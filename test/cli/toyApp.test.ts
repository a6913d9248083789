import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { catalog } from "../../cli/commands";
import { run } from "../../cli/core/run";
import { exampleFile } from "../../engine/stack/examples";
import { readTargetAt } from "../../engine/stack/target";
import { temporaryFolder } from "../../lib/temporary";

/** What a command without a cluster says of the app `desk`, which is nothing but values in the example's file. */
const says: Readonly<Record<string, { readonly words: readonly string[]; readonly seen: readonly RegExp[] }>> = {
  doctor: { words: ["doctor", "rails", "--json"], seen: [/desk\.localhost/] },
  preview: {
    words: ["preview", "rails"],
    seen: [/desk-web-deployment/, /desk-worker-deployment/, /desk-sweep-cron/, /desk-release-/, /postgres-desk-owner/],
  },
};

/** Commands that need a cluster, or no stack, with the suite that sees an app of a stack's file in them. */
const elsewhere: Readonly<Record<string, string>> = {
  cost: "test/e2e/6-examples.e2e.ts",
  diagram: "test/e2e/6-examples.e2e.ts",
  "new-stack": "test/cli/commands/newStack/starts.test.ts",
  up: "test/e2e/6-examples.e2e.ts",
  down: "takes all local nodes down, whatever is on them",
  status: "test/e2e/6-examples.e2e.ts",
  logs: "test/e2e/6-examples.e2e.ts",
  console: "test/e2e/6-examples.e2e.ts",
  run: "test/cli/cluster/apps.test.ts",
  drift: "reads resources of any kind from the state",
  comment: "puts previews of any stack into one text",
  pulumi: "hands everything to Pulumi",
  completion: "knows no stack",
  backup: "is about the stack's database, whatever app uses it",
  backups: "is about the stack's database, whatever app uses it",
  restore: "is about the stack's database, whatever app uses it",
  upgrade: "is about the stack's database, whatever app uses it",
  switch: "is about the stack's database, whatever app uses it",
  versions: "test/cli/versions/sources.test.ts",
};

test("each command is looked at, or it is said where an app of a stack's file is seen in it", () => {
  assert.deepEqual(catalog.map(({ name }) => name).sort(), [...Object.keys(says), ...Object.keys(elsewhere)].sort());
});

const folder = temporaryFolder("toy-app");
after(() => rmSync(folder, { recursive: true }));
/** The example's file, elsewhere: with an image that is there, because sources are below the repository's root. */
const file = join(folder, "Pulumi.rails.yaml");
writeFileSync(
  file,
  readFileSync(exampleFile("rails"), "utf8").replace(
    /image: \{repository: .*\}/,
    "image: registry.example/rails/desk:1.0",
  ),
);

for (const [name, { words, seen }] of Object.entries(says)) {
  test(`${name} follows an app that is nothing but values`, async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    let said = "";
    stdout.on("data", (data: Buffer) => {
      said += data;
    });
    let noted = "";
    stderr.on("data", (data: Buffer) => {
      noted += data;
    });
    const readTarget = () => readTargetAt(file);
    await run(words, { catalog, version: "1", env: process.env, stdin, stdout, stderr, readTarget });
    await new Promise((resolve) => setImmediate(resolve));
    for (const pattern of seen) assert.match(said, pattern, noted);
    assert.doesNotMatch(said, /panel|chat/);
  });
}
