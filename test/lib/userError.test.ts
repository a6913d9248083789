import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, UserError } from "../../lib/userError";

test("a refusal says what happened, what to do and where the log is, without a stack", () => {
  const text = describe(new UserError("port 8443 is taken", "end the process that holds it", "/var/log/up.log"));
  assert.equal(text, "port 8443 is taken\n  what to do: end the process that holds it\n  log: /var/log/up.log");
});

test("a full disk is said as such, with the file that could not be written", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", path: "/cache/etcd" });
  assert.match(
    describe(full),
    /^the disk is full: \/cache\/etcd could not be written\n {2}what to do: free some space/,
  );
  assert.doesNotMatch(describe(full), /\n\s+at /);
});

test("any other error is a defect and keeps its stack", () => {
  assert.match(describe(new TypeError("x is not a function")), /TypeError: x is not a function\n\s+at /);
});
