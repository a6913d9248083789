import assert from "node:assert/strict";
import { test } from "node:test";
import { LogFilter } from "../../../cli/logs/filter";
import { readLine } from "../../../cli/logs/record";

const read = (text: string | object) =>
  readLine(
    `2026-11-21T07:44:53Z ${typeof text === "string" ? text : JSON.stringify(text)}`,
    { tier: "chat", pod: "p", container: "c" },
    "",
  );
/** Learns from a line and asks about it at once. */
const shows = (filter: LogFilter, text: string | object): boolean => {
  filter.learn(read(text));
  return filter.shows(read(text));
};
const one = "5f2b0c3d9e7a41b85f2b0c3d9e7a41b8";
const two = "aaaa0c3d9e7a41b85f2b0c3d9e7a41b8";

test("a request is followed through the proxy, the panel, a job and the sockets of the token that it got", () => {
  const filter = new LogFilter({ request: one });
  const lines: readonly [line: string | object, shown: boolean][] = [
    [{ request_id: one, path: "/chat/token", status: 200 }, true],
    [{ requestId: one, message: "request" }, true],
    [{ requestId: two, message: "request" }, false],
    [{ msg: "socket opened", requestId: two, tokenRequestId: one }, true],
    // From now on the socket's own id counts.
    [{ request_id: two, path: "/socket", status: 101 }, true],
    [{ msg: "socket closed", requestId: two, tokenRequestId: one }, true],
    [{ message: "job done", requestId: one }, true],
    [{ msg: "socket opened", requestId: "another-one", tokenRequestId: "another" }, false],
    [{ message: "no request at all" }, false],
    [`Error: request ${one} failed`, true],
    ["Error: something", false],
  ];
  for (const [line, shown] of lines) assert.equal(shows(filter, line), shown, JSON.stringify(line));
});

test("the beginning of an id is enough", () => {
  const filter = new LogFilter({ request: one.slice(0, 8) });
  assert.ok(shows(filter, { requestId: one }));
  assert.ok(shows(filter, { requestId: two, tokenRequestId: one }));
  assert.ok(!shows(filter, { requestId: "5f2b0c3e" }));
});

test("a request is followed also through lines that another filter hides", () => {
  const filter = new LogFilter({ request: one, level: "warn" });
  assert.ok(!shows(filter, { level: "info", requestId: two, tokenRequestId: one }));
  assert.ok(shows(filter, { level: "error", requestId: two }));
});

test("what a line teaches counts for the lines before it that were not asked about yet", () => {
  const filter = new LogFilter({ request: one });
  assert.ok(!filter.shows(read({ request_id: two, path: "/socket" })));
  filter.learn(read({ msg: "socket opened", requestId: two, tokenRequestId: one }));
  assert.ok(filter.shows(read({ request_id: two, path: "/socket" })));
});

test("a level, and everything worse; what has no level may be a crash", () => {
  const filter = new LogFilter({ level: "warn" });
  const shown = ["debug", "info", "notice", "warn", "error", "fatal"].filter((level) => filter.shows(read({ level })));
  assert.deepEqual(shown, ["warn", "error", "fatal"]);
  assert.ok(filter.shows(read("    at crash (a.js:1:1)")));
});

test("an expression fits the line as it was written", () => {
  const filter = new LogFilter({ grep: /"path":"\/login"/u });
  assert.ok(filter.shows(read({ path: "/login" })));
  assert.ok(!filter.shows(read({ path: "/rooms" })));
});
