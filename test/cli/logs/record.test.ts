import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatRecord, jsonOf, neutral } from "../../../cli/logs/format";
import { levelOf, readLine } from "../../../cli/logs/record";

const origin = { tier: "panel", pod: "panel-56dfb675b9-s9fmh", container: "web" } as const;
const read = (text: string, time = "2026-11-21T07:44:53.271081212Z") => readLine(`${time} ${text}`, origin, "");
const plain = { colours: false };

test("a line of the panel, of the chat and of the proxy: level, message and request, wherever they stand", () => {
  const panel = read(
    '{"level":"info","time":"2026-11-21T07:44:53.268Z","role":"web","requestId":"4a9e92247192f062","message":"request"}',
  );
  assert.deepEqual(
    [panel.level, panel.message, panel.requestId, panel.time],
    ["info", "request", "4a9e92247192f062", "2026-11-21T07:44:53.271081212Z"],
  );
  const chat = read('{"level":"warning","msg":"socket opened","requestId":"r2r2r2r2","tokenRequestId":"r1r1r1r1"}');
  assert.deepEqual(
    [chat.level, chat.message, chat.requestId, chat.fromRequest],
    ["warn", "socket opened", "r2r2r2r2", "r1r1r1r1"],
  );
  const edge = read('{"role":"edge","request_id":"abc","method":"GET","path":"/","status":502}');
  assert.deepEqual([edge.level, edge.requestId], ["error", "abc"]);
  assert.equal(read('{"request_id":"abc","status":429}').level, "warn");
  assert.equal(read('{"request_id":"abc","status":404}').level, "info");
});

test("lines that are no JSON: NGINX' errors, Postgres, Redis, and anything else", () => {
  const cases: readonly [line: string, level: string | undefined, message: string][] = [
    ["2026/11/21 07:45:34 [error] 7#7: *1 connect() failed", "error", "7#7: *1 connect() failed"],
    ["2026/11/21 07:45:34 [crit] 7#7: disk", "fatal", "7#7: disk"],
    ["2026-11-21 07:44:26.158 GMT [1] @ LOG:  ready", "info", "ready"],
    ["2026-11-21 07:44:26.158 GMT [41] panel_g1@switchboard ERROR:  no such table", "error", "no such table"],
    ["2026-11-21 07:44:26.158 UTC [41] panel@switchboard FATAL:  too many", "fatal", "too many"],
    ["1:M 21 Nov 2026 07:44:25.514 # Server initialized", "warn", "Server initialized"],
    ["1:M 21 Nov 2026 07:44:25.515 * Ready to accept", "info", "Ready to accept"],
    ["    at Object.<anonymous> (/app/src/main.js:3:7)", undefined, "    at Object.<anonymous> (/app/src/main.js:3:7)"],
    ["{ not: json", undefined, "{ not: json"],
    ["[1,2]", undefined, "[1,2]"],
  ];
  for (const [line, level, message] of cases) {
    const record = read(line);
    assert.deepEqual([record.level, record.message, record.text], [level, message, line]);
  }
});

test("levels by any name, and by pino's numbers", () => {
  const named = {
    WARN: "warn",
    warning: "warn",
    Critical: "fatal",
    emerg: "fatal",
    verbose: "debug",
    notice: "notice",
  };
  const cases: [given: unknown, level: string | undefined][] = Object.entries(named);
  for (const [number, level] of [
    [10, "trace"],
    [30, "info"],
    [40, "warn"],
    [50, "error"],
    [60, "fatal"],
    [61, "fatal"],
  ]) {
    cases.push([number, level as string]);
  }
  for (const nothing of [5, "", null, "loud", {}]) cases.push([nothing, undefined]);
  for (const [given, level] of cases) assert.equal(levelOf(given), level, String(given));
});

test("times have nine digits and are UTC, so that they sort as text; a line without one has that of the line before", () => {
  const times = [
    "2026-11-21T07:44:53Z",
    "2026-11-21T07:44:53.1Z",
    "2026-11-21T07:44:53.100000001Z",
    "2026-11-21T08:44:54+01:00",
  ];
  const read = times.map((time) => readLine(`${time} x`, origin, "").time);
  assert.deepEqual(read, [...read].sort());
  assert.equal(read[3], "2026-11-21T07:44:54.000000000Z");
  assert.equal(
    readLine("rest of a line", origin, "2026-11-21T07:44:53.000000000Z").time,
    "2026-11-21T07:44:53.000000000Z",
  );
});

test("a line for a person: what an answer was, what else is known, the request at the end", () => {
  const line = formatRecord(
    read(
      '{"level":"info","time":"t","role":"web","stage":"dev","version":"v","pod":"p","requestId":"4a9e","method":"GET","path":"/login","status":303,"ms":2.4,"ip":"10.0.0.1","message":"request"}',
    ),
    plain,
  );
  assert.match(line, /^\d\d:\d\d:\d\d\.271 panel {4}s9fmh info {3}GET \/login 303 2\.4 ms ip=10\.0\.0\.1 id=4a9e$/);
  const failed = formatRecord(
    read(
      '{"level":"error","message":"job failed","err":{"message":"no table","stack":"Error: no table\\n    at run (a.js:1:2)"}}',
    ),
    plain,
  );
  assert.match(failed, /error {2}job failed error="no table"\n {4}at run \(a\.js:1:2\)$/);
  assert.match(formatRecord(read("plain words"), plain), /panel {4}s9fmh {8}plain words$/);
});

test("colours only where there are colours, and never left open", () => {
  const record = read('{"level":"error","message":"boom"}');
  assert.ok(!formatRecord(record, plain).includes("\x1b"));
  const coloured = formatRecord(record, { colours: true });
  assert.equal(coloured.split("\x1b[0m").length - 1, coloured.split(/\x1b\[[1-9]\d*m/).length - 1);
  assert.match(coloured, /\x1b\[31merror/);
});

test("nothing in a log can do anything to a terminal", () => {
  const evil = "\x1b[2J\x1b]0;title\x07\u009b31m\r\u202Egnp.exe\u2066";
  for (const text of [
    evil,
    JSON.stringify({
      message: evil,
      level: "error",
      [evil]: evil,
      err: { stack: `a\n${evil}` },
      method: evil,
      path: evil,
      requestId: evil,
    }),
  ]) {
    const shown = formatRecord(read(text), { colours: false });
    assert.ok(!/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(shown.replaceAll("\n", "")), JSON.stringify(shown));
    assert.ok(shown.includes("\\u001b"), shown);
  }
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (text, fields) => {
        for (const line of [text, JSON.stringify({ ...fields, message: text })]) {
          const shown = formatRecord(read(line.replaceAll("\n", " ")), plain);
          for (const part of shown.split("\n")) assert.equal(neutral(part), part);
        }
      },
    ),
  );
});

test("a line that is far too long is cut and says so", () => {
  const record = read("x".repeat(1_000_000));
  assert.ok(record.text.length < 140_000);
  assert.match(record.text, /… \(868928 characters more\)$/);
});

test("for a script: the fields as they are, or the text", () => {
  assert.deepEqual(jsonOf(read('{"level":"info","msg":"ready","n":1}')), {
    ...{ time: "2026-11-21T07:44:53.271081212Z", ...origin, level: "info", message: "ready", requestId: undefined },
    fields: { level: "info", msg: "ready", n: 1 },
  });
  const { text } = jsonOf(read("words")) as { text: string };
  assert.equal(text, "words");
});
