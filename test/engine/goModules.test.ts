import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { copyWith } from "../../engine/goModules";
import { temporaryFolder } from "../../lib/temporary";

const folder = temporaryFolder("goModules");
after(() => rmSync(folder, { recursive: true, force: true }));
const from = join(folder, "from");

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

write({
  "from/go.mod": "module example.com/x\n\ngo 1.21\n",
  "from/main.go": 'package main\n\nimport "example.com/x/a/b"\n\nfunc main() { print(b.Text) }\n',
  "from/a/b/b.go": 'package b\n\nimport "example.com/x/kept"\n\nvar Text = kept.Text + other\n',
  "from/a/b/other.go": 'package b\n\nconst other = " theirs"\n',
  "from/a/b/testing.go": "package b\n\nimport _ `example.com/x/missing`\n",
  "from/kept/kept.go": 'package kept\n\nconst Text = "kept"\n',
  "ours.go": 'package b\n\nconst other = " ours"\n',
});

test("Go builds a copy without a file and with one of ours, in which folders that are the same are links", () => {
  const to = join(folder, "to");
  copyWith(from, to, { "a/b/other.go": join(folder, "ours.go"), "a/b/testing.go": undefined });
  assert.ok(lstatSync(join(to, "kept")).isSymbolicLink());
  assert.ok(!lstatSync(join(to, "a/b")).isSymbolicLink());
  assert.match(readFileSync(join(from, "a/b/other.go"), "utf8"), /theirs/);
  // As the tools are built: Go's own packages are compiled already.
  const flags = ["-trimpath", "-gcflags=all=-dwarf=false", "-o", join(folder, "x")];
  execFileSync("go", ["build", ...flags], { cwd: to, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" } });
  assert.equal(spawnSync(join(folder, "x")).stderr.toString(), "kept ours");
});

test("a file that a new version of a module does not have is named", () => {
  assert.throws(
    () => copyWith(from, join(folder, "never"), { "a/b/older.go": undefined }),
    /a\/b\/older\.go is not there/,
  );
});
