import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { checksOf, examine } from "../../../cli/doctor";
import { RecordingWorld } from "../../../cli/doctor/recording";
import { countsOf, reportOf, verdictOf } from "../../../cli/doctor/report";
import type { Subject } from "../../../cli/doctor/subject";
import { subjectOf } from "../../../cli/doctor/subject";
import type { Checked, Finding } from "../../../components/clouds/shared/doctor/model";
import { readTarget } from "../../../engine/stack/target";
import { amazonCases } from "./amazonCases";
import { clusterCases } from "./clusterCases";
import { amazon, changed, day, fakeHostOf, foreign, google, notInstalled, printed, refused } from "./fakeHosts";
import { googleCases } from "./googleCases";
import { nameCases } from "./nameCases";

const subjects = new Map<string, Subject>();

before(async () => {
  for (const stack of ["dev", "prod", "prod-eks"])
    subjects.set(stack, await subjectOf(readTarget(stack), new Date(day)));
  const dev = subjects.get("dev")!;
  subjects.set("lab", { ...dev, target: { stack: "lab", local: false, context: "lab" } });
});

const notGood = (checked: readonly Checked[]) =>
  checked.flatMap(({ area, findings }) =>
    findings.filter(({ status }) => status !== "ok").map((finding) => ({ area, ...finding })),
  );

describe("all is well", () => {
  for (const [stack, calls, least] of [
    ["prod", google, 20],
    ["prod-eks", amazon, 20],
    ["lab", foreign, 5],
  ] as const) {
    test(`with stack ${stack}`, async () => {
      const checked = await examine(subjects.get(stack)!, fakeHostOf(calls));
      assert.deepEqual(notGood(checked), []);
      assert.ok(countsOf(checked).ok >= least, `${countsOf(checked).ok} good findings`);
      assert.match(verdictOf(stack, checked), /nothing is in the way of an up/);
    });
  }

  test("every recorded answer was asked for, so no check was left out", async () => {
    for (const [stack, calls] of [
      ["prod", google],
      ["prod-eks", amazon],
      ["lab", foreign],
    ] as const) {
      const world = new RecordingWorld(fakeHostOf(calls));
      await examine(subjects.get(stack)!, world);
      const asked = Object.keys(world.recording().calls);
      // The three share their tools, and not every tool is one of each.
      const unused = Object.keys(calls).filter((key) => !asked.includes(key) && !/^(pulumi|docker) /.test(key));
      assert.deepEqual(unused, [], stack);
    }
  });

  test("a stack on the local nodes is about this machine", async () => {
    const checked = await examine(subjects.get("dev")!, fakeHostOf({ "node --version": printed("v20.19.0") }));
    assert.deepEqual(
      checked.map(({ area }) => area),
      ["tools", "versions", "certificates"],
    );
    const tight = await examine(
      subjects.get("dev")!,
      fakeHostOf({
        "node --version": printed("v20.19.0"),
        machine: [{ what: "1.0 GiB of memory are available", todo: "end other programs" }],
      }),
    );
    assert.deepEqual(notGood(tight), [
      { area: "tools", status: "failed", what: "1.0 GiB of memory are available", todo: "end other programs" },
    ]);
  });
});

const cases = [...googleCases, ...amazonCases, ...nameCases, ...clusterCases];

describe("what is wrong is said, with what to do, and nothing else is", () => {
  for (const [name, stack, calls, change, status, what, todo] of cases) {
    test(name, async () => {
      const found = notGood(await examine(subjects.get(stack)!, fakeHostOf(changed(calls, change))));
      assert.ok(found.length >= 1, "nothing was found");
      for (const finding of found) {
        assert.equal(finding.status, status, finding.what);
        assert.match(finding.what, what);
        assert.match(finding.todo ?? "", todo);
      }
    });
  }
});

test("every finding that is not good says what to do, whatever the world answers", async () => {
  const torn = [refused(""), printed("no JSON"), printed({}), printed([]), notInstalled, printed(null)];
  for (const [stack, calls] of [
    ["prod", google],
    ["prod-eks", amazon],
    ["lab", foreign],
  ] as const) {
    for (const answer of torn) {
      const world = Object.fromEntries(
        Object.entries(calls).map(([key, value]) => [key, /^(dns|tls) /.test(key) ? value : answer]),
      );
      const checked = await examine(subjects.get(stack)!, fakeHostOf(world));
      for (const finding of notGood(checked)) assert.ok(finding.todo, finding.what);
      for (const { findings } of checked) assert.ok(findings.length > 0);
    }
  }
});

test("a check that breaks is told, and the others go on", async () => {
  const broken = { ...fakeHostOf(google), now: new Date(day), run: () => Promise.reject(new Error("out of memory")) };
  const world = Object.assign(fakeHostOf(google), { run: broken.run });
  const checked = await examine(subjects.get("prod")!, world);
  const areas = checked
    .filter(({ findings }) => findings.some(({ status }) => status === "unknown"))
    .map(({ area }) => area);
  assert.ok(areas.length >= 4, areas.join());
  assert.equal(checked.find(({ area }) => area === "certificates")!.findings[0]!.status, "ok");
  assert.equal(
    checked.length,
    checksOf(subjects.get("prod")!).filter((check) => check.applies(subjects.get("prod")!)).length,
  );
});

test("a recording answers as the world did, and holds neither token nor key", async () => {
  const recorder = new RecordingWorld(fakeHostOf(google));
  const first = await examine(subjects.get("prod")!, recorder);
  const recording = recorder.recording();
  assert.deepEqual(await examine(subjects.get("prod")!, fakeHostOf(recording.calls)), first);
  assert.doesNotMatch(Object.keys(recording.calls).join("\n"), /token|secret|password/i);
});

test("the report shows every finding with its fix", () => {
  const findings: Finding[] = [
    { status: "ok", what: "node 22" },
    { status: "failed", what: "no project", todo: "make one" },
  ];
  const lines = reportOf("prod", [{ area: "tools", findings }], { width: 80, valueWidth: 80, colours: false });
  assert.deepEqual(lines, [
    "prod: an up would fail or hurt (1 in the way, 1 good)",
    "",
    "tools",
    "  ✓ node 22",
    "  ✗ no project",
    "    → make one",
    "",
  ]);
});
