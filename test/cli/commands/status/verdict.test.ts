import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Facts } from "../../../../cli/commands/status/facts";
import { statusJson, statusLines } from "../../../../cli/commands/status/render";
import { verdictOf } from "../../../../cli/commands/status/verdict";
import { recordings } from "../../../support/statusRecorder";
import { at, healthy, pod, workload } from "./builders";
import { otherCases } from "./otherCases";
import { podCases } from "./podCases";
import { ended, put, waiting } from "./world";

for (const [name, make, line, problems] of [...podCases, ...otherCases]) {
  test(`verdict: ${name}`, () => {
    const world = healthy();
    make(world);
    const status = verdictOf(world);
    assert.equal(status.line, line);
    assert.equal(status.healthy, !line.includes("NOT"));
    if (problems)
      assert.deepEqual(
        status.problems.map(({ severity, subject, what }) => `${severity} ${subject} ${what}`),
        problems,
      );
    // Whatever it is, it can be shown, and the verdict comes first.
    const lines = statusLines({ facts: world, status }, { colours: false });
    assert.equal(lines[0], line);
    assert.equal((statusJson({ facts: world, status }) as { verdict: string }).verdict, line);
  });
}

test("what a pod says last cannot do anything to a terminal", () => {
  const world = healthy();
  put(world, workload("workers", { status: { readyReplicas: 0 } }));
  put(world, pod("workers", 0, waiting("CrashLoopBackOff", ended({ exitCode: 1, message: "\x1b[2Jboom\x07" }))));
  for (const line of statusLines({ facts: world, status: verdictOf(world) }, { colours: false })) {
    assert.ok(!/\p{Cc}/u.test(line), JSON.stringify(line));
  }
});

test("every recorded state has the verdict that a person would give", () => {
  const said = Object.fromEntries(
    readdirSync(recordings)
      .filter((file) => file.endsWith(".json") && file !== "verdicts.json")
      .map((file) => {
        const recorded = JSON.parse(readFileSync(join(recordings, file), "utf8"));
        const { line, problems } = verdictOf({ backlogs: [], ...recorded } as Facts);
        return [
          file.slice(0, -5),
          { line, problems: problems.map(({ severity, subject, what }) => `${severity} ${subject} ${what}`) },
        ];
      }),
  );
  assert.deepEqual(said, JSON.parse(readFileSync(join(recordings, "verdicts.json"), "utf8")));
});

test("the look is made at a time, and nothing asks the clock", () => {
  assert.equal(healthy().at, at);
  const [first, second] = [verdictOf(healthy()), verdictOf(healthy())];
  assert.deepEqual(first, second);
});
