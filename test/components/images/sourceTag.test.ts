import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { sourceFiles } from "../../../components/images/sourceFiles";
import { sourceTag } from "../../../components/images/sourceTag";
import { buildContext } from "../../../sandbox/images/context";

const root = mkdtempSync(join(tmpdir(), "sources-"));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
let folder = "";

const sources: Readonly<Record<string, string>> = {
  Dockerfile: "FROM scratch\nCOPY . /\n",
  ".dockerignore": "# notes\nDockerfile\n.dockerignore\n**/test\n!src/test\n*.md\n!README.md\n",
  "README.md": "read me\n",
  "NOTES.md": "not in the image\n",
  "src/main.js": "console.log(1);\nconsole.log(2);\n",
  "src/logo.png": "\x89PNG\r\n\x1a\n\0\0",
  "src/test/kept.js": "kept\n",
  "bin/start": "#!/bin/sh\nexec node src/main.js\n",
  "test/main.test.js": "not in the image\n",
};

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, "latin1");
  }
}
const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args]);

/** A working tree with the sources committed. */
beforeEach(() => {
  folder = join(root, String(count++), "app");
  write(sources);
  chmodSync(join(folder, "bin/start"), 0o755);
  symlinkSync("main.js", join(folder, "src/link.js"));
  git("init", "--quiet");
  writeFileSync(join(folder, ".gitignore"), "*.log\n/coverage/\n/.env\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "sources");
});

/** Files that another machine has and that are no change of the sources. */
const noise: Readonly<Record<string, () => void>> = {
  ".DS_Store": () => write({ ".DS_Store": "x", "src/.DS_Store": "x", "src/._main.js": "x" }),
  "Thumbs.db": () => write({ "src/Thumbs.db": "x", "desktop.ini": "x", "src/main.js:Zone.Identifier": "x" }),
  "a swap file of Vim": () => write({ "src/.main.js.swp": "x", "src/.main.js.swo": "x", "src/main.js~": "x" }),
  "a lock of Emacs": () => symlinkSync("me@host.1234", join(folder, "src/.#main.js")),
  ".env": () => write({ ".env": "SECRET=1", "src/.env.local": "SECRET=1", ".envrc": "export SECRET=1" }),
  "what git ignores": () => write({ "debug.log": "x", "coverage/index.html": "x" }),
  "what .dockerignore leaves out": () =>
    write({ "NOTES.md": "changed", "test/more.test.js": "x", "src/deep/test/x": "x" }),
  "editor settings": () => write({ ".idea/workspace.xml": "x", ".vscode/settings.json": "x" }),
  "an empty folder": () => mkdirSync(join(folder, "src/empty")),
  "a CRLF checkout": () => {
    for (const path of ["src/main.js", "README.md", "Dockerfile", ".dockerignore", "bin/start"]) {
      write({ [path]: sources[path]!.replaceAll("\n", "\r\n") });
    }
  },
  "a checkout under another umask": () => {
    for (const path of ["src/main.js", "README.md"]) chmodSync(join(folder, path), 0o600);
  },
  "a disk on which everything is a program": () => {
    for (const path of ["src/main.js", "README.md", "bin/start"]) chmodSync(join(folder, path), 0o777);
  },
  "a disk on which nothing is a program": () => chmodSync(join(folder, "bin/start"), 0o644),
  "a disk without links": () => {
    unlinkSync(join(folder, "src/link.js"));
    write({ "src/link.js": "main.js" });
  },
  "git's own variables in a hook": () => {
    process.env.GIT_DIR = join(root, "elsewhere");
  },
};

for (const [name, happens] of Object.entries(noise)) {
  test(`${name}: the same tag, and the same files for the builder`, () => {
    const before = { tag: sourceTag(folder), files: sourceFiles(folder).files };
    try {
      happens();
      assert.deepEqual(sourceFiles(folder).files, before.files);
      assert.equal(sourceTag(folder), before.tag);
    } finally {
      delete process.env.GIT_DIR;
    }
  });
}

const changes: Readonly<Record<string, () => void>> = {
  "another content": () => write({ "src/main.js": "console.log(3);\n" }),
  "a new file, not yet added": () => write({ "src/new.js": "x" }),
  "a file less": () => unlinkSync(join(folder, "README.md")),
  "another Dockerfile": () => write({ Dockerfile: "FROM scratch\nCOPY src /\n" }),
  "an ignore file that leaves more out": () => write({ ".dockerignore": `${sources[".dockerignore"]}README.md\n` }),
  "a line end inside a binary file": () => write({ "src/logo.png": "\x89PNG\n\x1a\n\0\0" }),
  "a program that is none any more": () => git("update-index", "--chmod=-x", "bin/start"),
  "another target of a link": () => {
    unlinkSync(join(folder, "src/link.js"));
    symlinkSync("test/kept.js", join(folder, "src/link.js"));
  },
};

for (const [name, happens] of Object.entries(changes)) {
  test(`${name}: another tag`, () => {
    const before = sourceTag(folder);
    happens();
    assert.notEqual(sourceTag(folder), before);
  });
}

test("a folder without git, as a container has it, gives the tag of a clean checkout", () => {
  const tag = sourceTag(folder);
  const copy = join(root, "plain");
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  rmSync(join(copy, ".git"), { recursive: true });
  // What git has told until now is the ignore file of git itself, a part of the sources.
  assert.equal(sourceTag(copy), tag);
});

test("the builder gets exactly what the tag is made of", () => {
  write({ "src/.main.js.swp": "x", "debug.log": "x", ".env": "SECRET=1" });
  const context = buildContext(folder, join(root, "context"));
  assert.equal(context.tag, sourceTag(folder));
  const there = readdirSync(context.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.folder.length + 1))
    .sort();
  assert.deepEqual(there, [
    ".gitignore",
    "README.md",
    "bin/start",
    "src/link.js",
    "src/logo.png",
    "src/main.js",
    "src/test/kept.js",
  ]);
  assert.deepEqual(
    there,
    sourceFiles(folder)
      .files.map(({ path }) => path)
      .sort(),
  );
  const mode = (path: string) => statSync(join(context.folder, path)).mode & 0o777;
  assert.deepEqual([mode("bin/start"), mode("src/main.js"), mode("src")], [0o755, 0o644, 0o755]);
});
