import assert from "node:assert/strict";
import { test } from "node:test";
import { trusted } from "../../../cli/ci/untrusted";
import { beginMarker, commentMarker, endMarker, type SectionMark } from "../../../review/comment/markers";

const head = "a".repeat(40);
const url = "https://github.com/acme/shop";
const now = new Date("2026-11-21T08:00:00Z");
const expected = { project: "switchboard", head, url, limit: 65_536, now };
const mark: SectionMark = {
  ...{ stack: "prod", sha: head, time: "2026-11-21T07:59:00.000Z", state: "planned", risk: "safe" },
  ...{ counts: { create: 1 }, errors: 0, mandatory: 0, advisory: 0, left: {} },
};

function comment(more: object = {}, text = "hello"): string {
  const begin = beginMarker({ ...mark, ...more });
  return [
    commentMarker("switchboard"),
    begin,
    "### prod",
    "",
    "<!-- switchboard:part keep -->",
    text,
    endMarker("prod"),
  ].join("\n");
}
const check = (text: string | Uint8Array) => trusted(typeof text === "string" ? Buffer.from(text) : text, expected);

test("a comment as the renderer writes it comes through as it is", () => {
  const body = comment({ run: `${url}/actions/runs/1` });
  assert.equal(check(body), body);
});

test("what does not fit the run is refused", () => {
  assert.throws(
    () => check(comment({ sha: "b".repeat(40) })),
    /section of "prod" for commit "bbb.* the run was of aaa/,
  );
  assert.throws(() => check(comment({ time: "2027-01-01T00:00:00.000Z" })), /from the future/);
  assert.throws(() => check(comment({ time: "9999" })), /from the future/);
  assert.throws(() => check(comment({ time: "later" })), /from the future/);
  assert.throws(() => check(comment({ run: "https://evil.example/" })), /whose run is somewhere else/);
  assert.throws(() => check(comment({ run: `${url}.evil.example/x` })), /whose run is somewhere else/);
  assert.throws(() => check(comment().replace("switchboard -->", "other -->")), /marker as its first line/);
  assert.throws(() => check(`\n${comment()}`), /marker as its first line/);
});

test("what is too long or no text is refused", () => {
  assert.throws(() => check(comment({}, "x".repeat(300_000))), /bytes, and 262144 are the most/);
  assert.throws(() => check(comment({}, "x".repeat(70_000))), /characters, and 65536 are allowed/);
  assert.throws(() => check(new Uint8Array([0xff, 0xfe])), /not UTF-8/);
});

test("what is in it is made harmless", () => {
  const body = check(comment({}, "@acme/all <img src=x> [a](https://evil.example) <!-- x -->"));
  assert.doesNotMatch(body, /@acme|<img|\]\(|:\/\/evil|<!-- x/);
});
