import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { slugOf } from "../src/models/rooms.js";
import { checksAtOnce, hashPassword, temporaryPassword, verifyPassword } from "../src/passwords.js";
import { safeNext } from "../src/web/access.js";
import { ago } from "../src/web/pages.js";

test("a password is known again by its hash, in either form of Unicode; another one is not", async () => {
  const stored = await hashPassword("Grüße aus Zürich");
  assert.match(stored, /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await verifyPassword("Grüße aus Zürich".normalize("NFD"), stored), true);
  assert.equal(await verifyPassword("Grüße aus Zurich", stored), false);
  assert.equal(await verifyPassword("anything", null), false);
  assert.notEqual(temporaryPassword(), temporaryPassword());
});

test("a small pod checks one password at a time", () => {
  const mebi = 2 ** 20;
  assert.deepEqual([0, 112 * mebi, 191 * mebi, 192 * mebi, 256 * mebi, 2 ** 63].map(checksAtOnce), [2, 1, 1, 2, 2, 2]);
});

test("a slug is made of what can be said in ASCII", () => {
  assert.equal(slugOf("Café & Küche"), "cafe-kuche");
  assert.equal(slugOf("  --- "), "room");
  assert.equal(slugOf("日本"), "room");
  assert.equal(slugOf(`${"a".repeat(23)} b`), "a".repeat(23));
});

test("the way back after the log-in is a path of this site", () => {
  for (const good of ["/", "/chat?room=a", "/users/1"]) assert.equal(safeNext(good), good);
  for (const bad of ["", undefined, "//x", "/\\x", "/a\\b", "x", "https://x", "/a b", "/a\nb", "/login"]) {
    assert.equal(safeNext(bad), "/", String(bad));
  }
});

test("how long ago something was", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");
  const at = (/** @type {number} */ seconds) => ago(new Date(now - seconds * 1000), now);
  assert.deepEqual(
    [at(0), at(59), at(60), at(7200), at(86_400 * 3)],
    ["just now", "just now", "1 minute ago", "2 hours ago", "3 days ago"],
  );
  assert.equal(ago(null), "never");
});

test("the lock file names every optional package, or npm ci refuses it", () => {
  // npm leaves out those of other platforms when the registry it asks does not have them.
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  const wanted = Object.values(packages).flatMap((/** @type {any} */ entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  assert.ok(wanted.length > 0);
  assert.deepEqual(
    wanted.filter((name) => !(`node_modules/${name}` in packages)),
    [],
  );
});
