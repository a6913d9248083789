import assert from "node:assert/strict";
import { test } from "node:test";
import { locksIn, shortName, UpdateProgress } from "../../../engine/stack/pulumiEvents";

const urn = (type: string, name: string) => `urn:pulumi:dev::switchboard::${type}::${name}`;
const deployment = urn("switchboard:apps:Panel$kubernetes:apps/v1:Deployment", "panel");
const metadata = (op: string, of: string) => ({ op, urn: of, type: "" });

test("a URN is shown as kind and name", () => {
  assert.equal(shortName(deployment), "Deployment panel");
  assert.equal(shortName(urn("pulumi:pulumi:Stack", "switchboard-dev")), "Stack switchboard-dev");
});

test("progress counts what is done and names what is under way, without components", () => {
  const progress = new UpdateProgress();
  progress.take({ resourcePreEvent: { metadata: metadata("create", urn("switchboard:apps:Panel", "panel")) } });
  assert.equal(
    progress.take({ resourcePreEvent: { metadata: metadata("create", deployment) } }),
    "creating Deployment panel",
  );
  progress.take({ resOutputsEvent: { metadata: metadata("same", urn("kubernetes:core/v1:Secret", "cookie")) } });
  assert.equal(progress.line(), "1 resources done; now Deployment panel");
  progress.take({ resOutputsEvent: { metadata: metadata("create", deployment) } });
  assert.equal(progress.line(), "2 resources done, 1 of them changed");
});

test("what a resource waits for is shown while it waits", () => {
  const progress = new UpdateProgress();
  progress.take({ resourcePreEvent: { metadata: metadata("update", deployment) } });
  progress.take({
    diagnosticEvent: { urn: deployment, message: "1 of 2 pods ready\n", severity: "info", ephemeral: true },
  });
  assert.equal(progress.line(), "0 resources done; now Deployment panel (1 of 2 pods ready)");
});

test("debug messages, which hold secrets in clear, go nowhere", () => {
  const progress = new UpdateProgress();
  assert.equal(progress.take({ diagnosticEvent: { message: "result,hunter2", severity: "debug" } }), undefined);
  assert.ok(!JSON.stringify(progress).includes("hunter2"));
});

test("errors are kept with their resource; the stack's own adds nothing", () => {
  const progress = new UpdateProgress();
  progress.take({ diagnosticEvent: { urn: deployment, message: "no such image\n", severity: "error" } });
  progress.take({ diagnosticEvent: { message: "update failed\n", severity: "error" } });
  assert.deepEqual(progress.errors, ["Deployment panel: no such image"]);
});

test("what the program says when the engine has hung up on it is no cause, unless there is no other", () => {
  const hungUp = { message: "Error: Channel has been shut down\n    at createCall", severity: "error" };
  const progress = new UpdateProgress();
  progress.take({ diagnosticEvent: hungUp });
  assert.match(progress.errors.join(), /Channel/);
  progress.take({ diagnosticEvent: { urn: deployment, message: "the volume cannot shrink", severity: "error" } });
  assert.deepEqual(progress.errors, ["Deployment panel: the volume cannot shrink"]);
});

test("the summary says what changed", () => {
  const progress = new UpdateProgress();
  progress.take({ summaryEvent: { durationSeconds: 3, resourceChanges: { same: 4 } } });
  assert.deepEqual(progress.changes, { same: 4 });
});

test("the holder of a lock is read from the CLI's message", () => {
  const text = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete
  file:///x/locks/a.json: created by root@box-1.local (pid 4711) at 2026-11-21T00:00:00Z`;
  assert.deepEqual(locksIn(text), [{ host: "box-1.local", pid: 4711, since: "2026-11-21T00:00:00Z" }]);
  assert.deepEqual(locksIn("error: update failed"), []);
});
