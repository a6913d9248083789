import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkTools, failure, onPath, storageDriver } from "../../../sandbox/images/builder";

const folder = mkdtempSync(join(tmpdir(), "builder-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a failed step is told by its own words, not by the builder's", () => {
  const log = `Compiling 25 files (.ex)
== Compilation error in file lib/store.ex ==
** (SyntaxError) lib/store.ex:20: unexpected token: )
    (elixir 1.14.0) lib/kernel/parallel_compiler.ex:346
subprocess exited with status 1
Error: building at STEP "RUN mix release": exit status 1
`;
  const refusal = failure("localhost/a:1", log, "/logs/a.log", "");
  assert.equal(
    refusal.message,
    "the image localhost/a:1 could not be built: ** (SyntaxError) lib/store.ex:20: unexpected token: )",
  );
  assert.equal(refusal.log, "/logs/a.log");
});

test("a full disk is called a full disk", () => {
  const refusal = failure("a:1", "dpkg: write error: No space left on device\nError: exit status 100\n", "/l", "");
  assert.equal(refusal.message, "the image a:1 could not be built: the disk is full");
  assert.match(refusal.todo, /^free some gigabytes and run this again/);
});

test("a log that says nothing leaves the message of the command", () => {
  assert.match(failure("a:1", "\n", "/l", "Command was killed").message, /: Command was killed$/);
});

test("missing tools are named with the command that installs them", () => {
  for (const tool of ["buildah", "npm", "setpriv"]) {
    writeFileSync(join(folder, tool), "#!/bin/sh\n");
    chmodSync(join(folder, tool), 0o755);
  }
  assert.equal(onPath("buildah", folder), true);
  assert.throws(() => checkTools(folder), {
    message: "images cannot be built: debootstrap, unshare not found on PATH",
    todo: "install what is missing, on Debian and Ubuntu: apt-get install debootstrap util-linux",
  });
});

test("overlay is used wherever the file system below can carry it", () => {
  assert.equal(storageDriver(0xef53 /* ext4 */), "overlay");
  assert.equal(storageDriver(0x794c7630 /* overlayfs */), "vfs");
});
