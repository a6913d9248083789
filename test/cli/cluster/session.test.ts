import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kubectl } from "../../../cli/cluster/kubectl";
import type { OneOffJob } from "../../../cli/cluster/oneOff";
import { refusalIn } from "../../../cli/cluster/oneOffPod";
import { Sessions } from "../../../cli/cluster/session";

const prefix = 'Error creating: pods "panel-run-x-abcde" is forbidden: ';
const tooMuch =
  "exceeded quota: pods, requested: limits.memory=64Gi, used: limits.memory=2Gi, limited: limits.memory=20Gi";
const job = { metadata: { name: "panel-run-x" }, spec: { activeDeadlineSeconds: 60 } } as unknown as OneOffJob;

/** A kubectl that knows of no pods but what it is given, one list for each time it is asked, and of these events. */
function kubectl(pods: object[][], events: () => object[]): { readonly asked: string[]; readonly is: Kubectl } {
  const asked: string[] = [];
  const list = async (kind: string, ...more: string[]) => {
    asked.push([kind, ...more].join(" "));
    return kind === "events" ? events() : (pods.shift() ?? []);
  };
  return { asked, is: { options: {}, list } as unknown as Kubectl };
}

test("a pod that the quota refuses is told at once, with what to do", async () => {
  const { asked, is } = kubectl([], () => [{ message: `${prefix}${tooMuch}` }]);
  const reports: string[] = [];
  await assert.rejects(
    new Sessions(is).started(job, (line) => reports.push(line), new AbortController().signal),
    {
      message: `panel-run-x did not start: ${tooMuch}`,
      todo: "ask for less (--memory, --cpu), wait until others have ended theirs, or raise operations.quota.sparePercent",
    },
  );
  assert.deepEqual(reports, [tooMuch]);
  assert.match(asked.at(-1)!, /involvedObject\.kind=Job,involvedObject\.name=panel-run-x,reason=FailedCreate$/);
});

test("a quota that is not counted yet, and events that one may not read, are waited for", async () => {
  const running = { metadata: { name: "p" }, status: { containerStatuses: [{ state: { running: {} } }] } };
  const answers = [() => [{ message: `${prefix}status unknown for quota: pods` }], () => assert.fail("forbidden")];
  const { is } = kubectl([[], [], [running]], () => answers.shift()!());
  const reports: string[] = [];
  const seen = await new Sessions(is).started(job, (line) => reports.push(line), new AbortController().signal);
  assert.deepEqual(reports, ["status unknown for quota: pods", "waiting for the pod"]);
  assert.deepEqual(seen, { pod: "p", stage: { at: "running" } });
  assert.equal(answers.length, 0);
});

test("an event of another kind is no refusal", () => {
  assert.equal(refusalIn(""), undefined);
  assert.equal(refusalIn("Created pod: panel-run-x-abcde"), undefined);
  assert.equal(refusalIn(`${prefix}${tooMuch}`)?.hopeless, true);
});
