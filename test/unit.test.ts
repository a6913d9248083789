import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { catalog } from "../cli/commands";
import { temporaryFolder } from "../lib/temporary";
import { filesOf, lanes } from "./e2e/run";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";
import { batchesOf, testFiles } from "./support/unit";

/** Every TypeScript file below a folder, without what is installed. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules") return [];
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

test("every file of unit tests is run, however deep it lies", () => {
  const folder = temporaryFolder("unit");
  try {
    mkdirSync(join(folder, "a/b/c/d/e/f"), { recursive: true });
    for (const path of ["top", "a/one", "a/b/c/d/e/f/deep"]) writeFileSync(join(folder, `${path}.test.ts`), "");
    writeFileSync(join(folder, "a/helper.ts"), "");
    assert.deepEqual(testFiles(folder, folder), ["a/b/c/d/e/f/deep.test.ts", "a/one.test.ts", "top.test.ts"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const all = [...productFolders, "test"].flatMap(sourcesBelow).filter((path) => path.endsWith(".test.ts"));
  assert.deepEqual([...testFiles()].sort(), all.sort());
});

test("what nobody waited for fails its file, and tests stand in their suites, with the lighter hooks", () => {
  const folder = temporaryFolder("hooks");
  const file = join(folder, "some.test.cjs");
  const run = (...lines: readonly string[]) => {
    writeFileSync(file, ['const { before, describe, test } = require("node:test");', ...lines].join("\n"));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ["--require", "./test/support/lightHooks.cjs", "--test", "--test-reporter=tap", file];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: repository, env, encoding: "utf8" });
    return { status, stdout };
  };
  try {
    const good = run(
      'describe("suite", () => { let ready; before(async () => { await null; ready = true; });',
      '  test("inner", async (t) => { await null; await t.test("innermost", () => { if (!ready) throw 1; }); }); });',
    );
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /\n {4}# Subtest: inner\n {8}# Subtest: innermost\n/);
    for (const waiting of ["Promise.resolve()", 'require("node:timers/promises").setTimeout(1)']) {
      const late = `void ${waiting}.then(() => { throw new Error("late"); });`;
      const bad = run(`test("leaves it", async () => { ${late} await new Promise((done) => setTimeout(done, 50)); });`);
      assert.equal(bad.status, 1, bad.stdout);
      assert.match(bad.stdout, /late/);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("files share processes, each is run once, and what is of a whole process has its own", () => {
  const folder = temporaryFolder("batches");
  const texts = { a: "", b: "process.env.A = ''", c: "", d: "context.mock.timers", e: "" };
  try {
    for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
    assert.deepEqual(batchesOf(Object.keys(texts), folder, 2), [["a", "c"], ["e"], ["b"], ["d"]]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  assert.deepEqual(batchesOf(testFiles()).flat().sort(), testFiles());
});

test("a file that shares a process has its own hooks, and fails if it leaves another environment", () => {
  const folder = temporaryFolder("together");
  const run = (...texts: readonly string[]) => {
    const files = texts.map((text, at) => {
      writeFileSync(join(folder, `${at}.cjs`), `const { after, before, test } = require("node:test");\n${text}`);
      return join(folder, `${at}.cjs`);
    });
    const entry = join(folder, "entry.cjs");
    const called = JSON.stringify(join(repository, "test/support/together.ts"));
    writeFileSync(entry, `require(${called}).together(${JSON.stringify(files)});`);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ["--require", "./components/loader.cjs", "--test", "--test-reporter=tap", entry];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: repository, env, encoding: "utf8" });
    return { status, stdout };
  };
  const first =
    'before(() => { process.env.MARK = "1"; }); after(() => { delete process.env.MARK; }); test("one", () => {});';
  try {
    const good = run(first, 'test("two", () => { if (process.env.MARK) throw new Error("a hook of another file"); });');
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /\n# pass 3\n/);
    for (const [text, says] of [
      ['process.env.MARK = "1"; test("one", () => {});', /0\.cjs changes MARK as soon as it is loaded/],
      ['test("one", () => { process.env.MARK = "1"; });', /0\.cjs changes MARK and leaves it so/],
      ['test("one", () => process.chdir("/"));', /0\.cjs changes the working directory and leaves it so/],
      ['throw new Error("cannot be loaded");', /cannot be loaded/],
    ] as const) {
      const bad = run(text, 'test("two", () => {});');
      assert.equal(bad.status, 1, bad.stdout);
      assert.match(bad.stdout, says);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a file that asks for tests has a name that is run", () => {
  const asks = /^import .*\b(test|describe|it)\b.* from "node:test"/m;
  const unnamed = [...productFolders, "test"]
    .flatMap(sourcesBelow)
    .filter((path) => !/\.(test|e2e)\.ts$/.test(path) && asks.test(readFileSync(join(repository, path), "utf8")));
  // What many files of tests share is called by one of them, and has no tests of its own when it is loaded.
  const shared = unnamed.filter((path) => !/^test\/(support|e2e\/support|[a-z/]+\/support)\//.test(path));
  assert.deepEqual(shared, []);
});

test("the scripts of package.json name programs and files that are there", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  assert.match(scripts.unit!, /test\/support\/unit\.ts$/);
  const there = (path: string) => {
    const [folder, name = ""] = [path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/") + 1)];
    const form = new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
    return readdirSync(join(repository, folder)).some((entry) => form.test(entry));
  };
  for (const [script, command] of Object.entries(scripts)) {
    for (const path of command.match(/(?<=^|[\s=])(\.\/)?[\w.*-]+(\/[\w.*-]+)+\.(ts|cjs|sh)\b/g) ?? [])
      assert.ok(there(path), `${script} names ${path}`);
    for (const [, called] of command.matchAll(/switchboard\.cjs ([\w-]+)/g))
      assert.ok(
        catalog.some(({ name }) => name === called),
        `${script}: there is no command ${called}`,
      );
    for (const [, other] of command.matchAll(/npm run ([\w:]+)/g)) assert.ok(other! in scripts, `${script}: ${other}`);
  }
  const ends = readdirSync(join(repository, "test/e2e"), { recursive: true, encoding: "utf8" });
  const run = (Object.keys(lanes) as (keyof typeof lanes)[]).flatMap(filesOf).sort();
  const here = ends.filter((path) => path.endsWith(".e2e.ts") && !path.includes("/"));
  assert.deepEqual(run, here.map((path) => `test/e2e/${path}`).sort());
  assert.deepEqual(
    ends.filter((path) => path.endsWith(".e2e.ts") && path.includes("/") && !/^(official|data|further)\//.test(path)),
    [],
    "one level, as e2e says; the lane on the official provider and long ones have a folder and a command of their own",
  );
});

test("every example is looked at, in one of the two suites", () => {
  const suites = ["6-examples.e2e.ts", "further/examples.e2e.ts"].map((file) =>
    readFileSync(join(repository, "test/e2e", file), "utf8"),
  );
  for (const name of readdirSync(join(repository, "examples")))
    assert.equal(suites.filter((text) => text.includes(`"${name}"`)).length, 1, name);
});
