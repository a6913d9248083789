import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { clock, Steps } from "../../lib/steps";

function output(isTTY = false) {
  const out = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  return { out, text: () => String(out.read() ?? "") };
}

test("without a terminal a step says something at most every ten seconds, and how it ended", async () => {
  const { out, text } = output();
  let time = 0;
  const steps = new Steps({ out, now: () => time });
  await steps.run("building", async (report) => {
    report("1 of 3");
    time = 9_000;
    report("2 of 3");
    time = 12_000;
    report("3 of 3");
  });
  assert.equal(text(), "  0:00  building: 1 of 3\n  0:12  building: 3 of 3\n✓ building (12 s)\n");
});

test("a failed step is marked, and its error passes through", async () => {
  const { out, text } = output();
  const steps = new Steps({ out, now: () => 0 });
  await assert.rejects(
    steps.run("building", () => Promise.reject(new Error("no disk"))),
    /no disk/,
  );
  assert.equal(text(), "✗ building (0.0 s)\n");
});

test("on a terminal running steps are redrawn in place and cut to its width", async () => {
  const { out, text } = output(true);
  const steps = new Steps({ out, now: () => 0 });
  let redrawn = "";
  await steps.run("building", async (report) => {
    report("x".repeat(100));
    text();
    steps.print("between");
    redrawn = text();
  });
  assert.ok(redrawn.startsWith("\x1b[1A\x1b[Jbetween\n  0:00  building: xxx"), redrawn);
  assert.ok(redrawn.endsWith("x…\n"), redrawn);
  assert.ok(redrawn.split("\n").every((line) => line.length <= 50));
  assert.equal(text(), "\x1b[1A\x1b[J✓ building (0.0 s)\n");
});

test("time is shown in minutes and seconds", () => {
  assert.deepEqual([0, 59_999, 61_000, 3_600_000, -5].map(clock), ["0:00", "0:59", "1:01", "60:00", "0:00"]);
});
