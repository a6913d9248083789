import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/plan";

const text = readFileSync(join(repository, "docs/contributing.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);

test("every file that docs/contributing.md names is there", () => {
  const files = spans.filter((span) => span.includes("/") && !/[\s<]/.test(span));
  assert.ok(files.length >= 20, `${files.length} files are named`);
  assert.deepEqual(
    files.filter((file) => !existsSync(join(repository, file))),
    [],
  );
  // A place that is named for every cloud, app or layer is there for each.
  const each: Record<string, readonly string[]> = {
    layer: ["data", "stack"],
    app: ["panel", "chat", "declared"],
    cloud: ["gcp", "aws"],
  };
  for (const span of spans.filter((part) => /^\S*<(layer|app|cloud)>/.test(part))) {
    const [, kind = "cloud"] = /<(layer|app|cloud)>/.exec(span) ?? [];
    for (const name of each[kind]!)
      assert.ok(existsSync(join(repository, span.replace(`<${kind}>`, name))), `${span} of ${name}`);
  }
});

test("every command that docs/contributing.md names is there", () => {
  const named = spans.flatMap((span) => /^npm (?:run (\S+)|(test))$/.exec(span)?.slice(1).filter(Boolean) ?? []);
  assert.ok(named.length >= 10, `${named.length} commands are named`);
  assert.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  );
});

test("the table has the eleven changes", () => {
  const rows = text.split("\n").filter((line) => /^\| (?!To change|---)/.test(line) && !line.startsWith("|---"));
  assert.equal(rows.length, 11);
});
