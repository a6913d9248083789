import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { withLock } from "../../../sandbox/images/lock";

const folder = mkdtempSync(join(tmpdir(), "lock-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "below/lock");

test("while one works another is refused, and afterwards the lock is gone, also after an error", async () => {
  const result = await withLock(file, "baking", async () => {
    await assert.rejects(
      withLock(file, "baking", async () => assert.fail("must not run")),
      {
        message: `process ${process.pid} is already at it: baking`,
        todo: "wait until it has ended, then run this again",
      },
    );
    return 7;
  });
  assert.equal(result, 7);
  assert.equal(existsSync(file), false);
  await assert.rejects(
    withLock(file, "baking", () => Promise.reject(new Error("burnt"))),
    /burnt/,
  );
  assert.equal(existsSync(file), false);
});

test("the lock of a process that is gone, or of a number that was given away again, counts for nothing", async () => {
  for (const left of ["4194304 12345", `${process.pid} 1`, ""]) {
    writeFileSync(file, left);
    await withLock(file, "baking", async () =>
      assert.match(readFileSync(file, "utf8"), new RegExp(`^${process.pid} \\d+$`)),
    );
  }
});
