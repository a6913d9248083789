import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { goIsNewEnough, goToolStamp, goVersion } from "../../engine/goTool";
import { temporaryFolder } from "../../lib/temporary";

test("a Go version is read from what go.mod and go env say", () => {
  assert.deepEqual(goVersion("go1.26.8\n"), [1, 26, 8]);
  assert.deepEqual(goVersion("1.26"), [1, 26, 0]);
  assert.deepEqual(goVersion("go1.27rc1"), [1, 27, 0]);
  assert.equal(goVersion("devel +abc"), undefined);
});

test("versions are compared as numbers, not as text", () => {
  assert.equal(goIsNewEnough("go1.26.0", "1.26"), true);
  assert.equal(goIsNewEnough("go1.9", "1.26"), false);
  assert.equal(goIsNewEnough("go1.26.7", "1.26.8"), false);
  assert.equal(goIsNewEnough("go2.0", "1.26.8"), true);
  assert.equal(goIsNewEnough("", "1.26"), false);
});

test("the stamp changes with the modules, the package and the linker flags", () => {
  const module = temporaryFolder("goTool");
  writeFileSync(join(module, "go.mod"), "module x\n");
  writeFileSync(join(module, "go.sum"), "");
  const tool = { module, package: "example.com/x", ldflags: "-s" };
  const stamp = goToolStamp(tool);
  assert.equal(goToolStamp({ ...tool }), stamp);
  assert.notEqual(goToolStamp({ ...tool, ldflags: "-w" }), stamp);
  assert.notEqual(goToolStamp({ ...tool, package: "example.com/y" }), stamp);
  writeFileSync(join(module, "go.sum"), "example.com/z v1.0.0 h1:x\n");
  assert.notEqual(goToolStamp(tool), stamp);
  const before = goToolStamp(tool);
  writeFileSync(join(module, "main.go"), "package main\n");
  assert.notEqual(goToolStamp(tool), before, "and with sources of its own");
});

test("the stamp changes with the sources of the package, which may be a folder of the module", () => {
  const module = temporaryFolder("goTool");
  writeFileSync(join(module, "go.mod"), "module x\n");
  writeFileSync(join(module, "go.sum"), "");
  for (const name of ["one", "two"]) {
    mkdirSync(join(module, name));
    writeFileSync(join(module, name, "main.go"), "package main\n");
  }
  const stamps = () => ["./one", "./two"].map((name) => goToolStamp({ module, package: name }));
  const [one, two] = stamps();
  writeFileSync(join(module, "two", "main.go"), "package main\n\nfunc main() {}\n");
  assert.equal(stamps()[0], one);
  assert.notEqual(stamps()[1], two);
});

test("the stamp changes with the tags, and with what stands in the place of a module's file", () => {
  const module = temporaryFolder("goTool");
  for (const file of ["go.mod", "go.sum"]) writeFileSync(join(module, file), "");
  const file = join(temporaryFolder("goOurs"), "ours.go");
  writeFileSync(file, "package x\n\nvar A int\n");
  const stamp = (more: object) => goToolStamp({ module, package: "x", ...more });
  const left = { changes: { "example.com/x": { "a.go": undefined } } };
  const ours = { changes: { "example.com/x": { "a.go": file } } };
  const all = [{}, { tags: ["a"] }, { tags: ["b"] }, left, ours].map(stamp);
  writeFileSync(file, "package x\n");
  assert.equal(new Set([...all, stamp(ours)]).size, 6);
  assert.equal(stamp(left), all[3]);
});

test("a program of several names is called by each of them, also where another program had the name", () => {
  const module = temporaryFolder("goTool");
  const cache = temporaryFolder("goCache");
  writeFileSync(join(module, "go.mod"), "module example.com/x\n\ngo 1.21\n");
  writeFileSync(join(module, "go.sum"), "");
  writeFileSync(
    join(module, "main.go"),
    'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString(os.Args[0]) }\n',
  );
  mkdirSync(join(cache, "bin"), { recursive: true });
  writeFileSync(join(cache, "bin", "one"), "an older program");
  const script = `const tool = { module: ${JSON.stringify(module)}, package: ".", name: "x", links: ["one", "two"] };
    const { ensureGoTool, isBuilt } = require("./engine/goTool");
    const before = isBuilt(tool);
    ensureGoTool(tool).then(() => {
      const built = isBuilt(tool);
      require("node:fs").writeFileSync(${JSON.stringify(join(cache, "other"))}, "");
      require("node:fs").renameSync(${JSON.stringify(join(cache, "other"))}, ${JSON.stringify(join(cache, "bin/two"))});
      const replaced = isBuilt(tool);
      return ensureGoTool(tool).then(() => console.log(before, built, replaced, isBuilt(tool)));
    });`;
  const env = { ...process.env, SWITCHBOARD_CACHE: cache };
  const said = execFileSync(process.execPath, ["--require", "./components/loader.cjs", "-e", script], { env });
  assert.equal(said.toString().trim(), "false true false true");
  for (const name of ["one", "two"]) {
    const path = join(cache, "bin", name);
    assert.equal(execFileSync(path).toString(), path);
  }
});

test("a file that the module lacks is taken from elsewhere, and only where there is something to build", () => {
  const module = temporaryFolder("goTool");
  const cache = temporaryFolder("goCache");
  const elsewhere = join(temporaryFolder("goElsewhere"), "schema");
  writeFileSync(elsewhere, "from elsewhere");
  writeFileSync(join(module, "go.mod"), "module example.com/x\n\ngo 1.21\n");
  writeFileSync(join(module, "go.sum"), "");
  writeFileSync(
    join(module, "main.go"),
    'package main\n\nimport _ "embed"\n\n//go:embed schema.json\nvar text string\n\nfunc main() { print(text) }\n',
  );
  const script = `let asked = 0;
    const tool = { module: ${JSON.stringify(module)}, package: ".", name: "x",
      overlay: async () => { asked++; return { "schema.json": ${JSON.stringify(elsewhere)} }; } };
    const { ensureGoTool } = require("./engine/goTool");
    ensureGoTool(tool).then(() => ensureGoTool(tool)).then((file) => console.log(asked, file));`;
  const env = { ...process.env, SWITCHBOARD_CACHE: cache };
  const said = execFileSync(process.execPath, ["--require", "./components/loader.cjs", "-e", script], {
    env,
  }).toString();
  assert.equal(said.trim(), `1 ${join(cache, "bin/x")}`);
  assert.equal(spawnSync(join(cache, "bin/x")).stderr.toString(), "from elsewhere");
  assert.deepEqual(readdirSync(module).sort(), ["go.mod", "go.sum", "main.go"]);
});
