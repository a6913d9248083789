import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../lib/temporary";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";
import { sourcesOf, unusedIn } from "./support/productNames";

/** What something other than code of this repository calls. */
const exceptions: Readonly<Record<string, string>> = {
  "components/schema/secret.ts: Secret.toJSON": "JSON.stringify calls it",
  "review/policyPack/index.cjs": "the Pulumi CLI loads the folder of a policy pack",
};

test("nothing of the product is there for tests alone, and no name is given that nobody takes", () => {
  const product = sourcesOf(repository, ["index.ts", ...productFolders]);
  const { byNobody, byTestsAlone } = unusedIn(product, sourcesOf(repository, ["test"]), starts());
  const excepted = Object.keys(exceptions);
  assert.deepEqual(
    byTestsAlone.filter((name) => !excepted.includes(name)),
    [],
    "only tests use these: move them to the tests",
  );
  assert.deepEqual(
    byNobody.filter((name) => !excepted.includes(name)),
    [],
    "nobody uses these: take them away, or the word export",
  );
  for (const name of excepted) assert.ok([...byNobody, ...byTestsAlone].includes(name), `${name} needs no exception`);
});

/** What starts programs of this repository: npm's scripts, workflows and pipelines. */
function starts(): string {
  const folders = [".github/workflows", ".ci"].flatMap((folder) =>
    readdirSync(join(repository, folder)).map((name) => join(folder, name)),
  );
  return ["package.json", ...folders].map((file) => readFileSync(join(repository, file), "utf8")).join("\n");
}

test("each way of not being used is found", () => {
  const root = temporaryFolder("unused");
  const files: Readonly<Record<string, string>> = {
    "lib/main.ts":
      'import { used } from "./used";\nimport type { Door } from "./door";\nused(null as unknown as Door);',
    "lib/used.ts": [
      'import { both } from "./barrel";',
      "export function used(door: { open(): void }): void { both(); door.open(); helper(); }",
      "export function helper(): void {}",
      "export function tested(): void {}",
      "export const forgotten = 1;",
      "export function needless(): number { return needless.length; }",
      "export interface Shape { a: number }",
      "export const here: Shape = { a: 1 };",
      "console.log(here);",
    ].join("\n"),
    "lib/barrel.ts": 'export { both, onlyTests } from "./both";',
    "lib/both.ts": "export const both = () => {};\nexport const onlyTests = 1;",
    "lib/door.ts": "export class Door { open() {} close() {} private own() {} never() { this.own(); } }",
    "lib/alone.ts": "",
    "lib/started.ts": "",
    "lib/later.ts": "export const later = 1;",
    "lib/loads.ts": 'void import("./later").then(({ later }) => later);',
    "test/a.ts": [
      'import { tested, helper } from "../lib/used";',
      'import { onlyTests } from "../lib/barrel";',
      'import "../lib/alone";',
      "declare const door: { close(): void };",
      "door.close();",
    ].join("\n"),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const starting = "node lib/main.ts && node lib/started.ts && node lib/loads.ts";
  assert.deepEqual(unusedIn(sourcesOf(root, ["lib"]), sourcesOf(root, ["test"]), starting), {
    byNobody: ["lib/door.ts: Door.never", "lib/used.ts: forgotten", "lib/used.ts: needless", "lib/used.ts: here"],
    byTestsAlone: ["lib/alone.ts", "lib/barrel.ts: onlyTests", "lib/door.ts: Door.close", "lib/used.ts: tested"],
  });
});
