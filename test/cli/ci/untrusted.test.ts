import assert from "node:assert/strict";
import { test } from "node:test";
import { trusted } from "../../../cli/ci/untrusted";
import { commentMarker, commitMarker } from "../../../review/comment/markers";

const head = "a".repeat(40);
const url = "https://github.com/acme/shop";
const expected = { project: "switchboard", head, url, limit: 65_536 };

function comment(text = "hello", sha = head): string {
  return [commentMarker("switchboard"), commitMarker(sha), "", "### prod", "", text].join("\n");
}
const check = (text: string | Uint8Array) => trusted(typeof text === "string" ? Buffer.from(text) : text, expected);

test("a comment as the renderer writes it comes through as it is", () => {
  const body = comment(`[run](${url}/actions/runs/1)`);
  assert.equal(check(body), body);
});

test("what does not fit the run is refused", () => {
  assert.throws(() => check(comment("hello", "b".repeat(40))), /about commit "bbb.* the run was of aaa/);
  assert.throws(() => check(comment().replace(/^<!-- switchboard:commit .*$/m, "")), /about commit ""/);
  assert.throws(() => check(comment().replace("switchboard -->", "other -->")), /marker as its first line/);
  assert.throws(() => check(`\n${comment()}`), /marker as its first line/);
});

test("what is too long or no text is refused", () => {
  assert.throws(() => check(comment("x".repeat(300_000))), /bytes, and 262144 are the most/);
  assert.throws(() => check(comment("x".repeat(70_000))), /characters, and 65536 are allowed/);
  assert.throws(() => check(new Uint8Array([0xff, 0xfe])), /not UTF-8/);
});

test("what is in it is made harmless", () => {
  const body = check(comment("@acme/all <img src=x> [a](https://evil.example) <!-- x -->"));
  assert.doesNotMatch(body, /@acme|<img|\]\(|:\/\/evil|<!-- x/);
});
