import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

const sources = [...productFolders, "test"].flatMap((folder) => filesBelow(join(repository, folder)));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|cjs|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

test("the contracts import types only", () => {
  const lines = readFileSync(join(repository, "components/contracts/index.ts"), "utf8").split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  assert.ok(imports.length > 0);
  for (const line of imports) assert.match(line, /^import type /);
});

test("only the settings read the configuration and the environment", () => {
  for (const file of sources.filter((path) => relative(repository, path).startsWith("components"))) {
    const name = relative(repository, file);
    if (name === join("components", "settings", "index.ts") || name.endsWith("loader.cjs")) continue;
    if (name === join("components", "settings", "describe.ts")) continue;
    // Takes variables away that git would read; it looks at none.
    if (name === join("components", "images", "gitFiles.ts")) continue;
    assert.doesNotMatch(readFileSync(file, "utf8"), /process\.env|new (pulumi\.)?Config\(/, name);
  }
});

test("index.ts is a diagram: at most 60 lines, no condition, no apply", () => {
  const text = readFileSync(join(repository, "index.ts"), "utf8");
  assert.ok(text.split("\n").length <= 61, `${text.split("\n").length - 1} lines`);
  assert.doesNotMatch(text, /\bif\b|\?|\.apply\(|switch/);
});

test("no file is longer than 300 lines", () => {
  const long = sources
    .map((file) => ({ file: relative(repository, file), lines: readFileSync(file, "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > 300);
  assert.deepEqual(long, []);
});

test("the lockfile names every optional package of every platform, and no download address", () => {
  const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
  for (const [path, entry] of Object.entries<any>(packages)) {
    assert.equal(entry.resolved, undefined, path);
    // A registry that lacks another platform's package makes `npm install` drop it, and `npm ci` then refuses the file.
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      assert.ok(packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`], `${name} of ${path}`);
    }
  }
});
