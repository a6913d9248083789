import assert from "node:assert/strict";
import { test } from "node:test";
import { type TierStatus, tierStatuses } from "../../../cli/commands/status/tierStatus";
import { rolloutOf } from "../../../cli/commands/up/rollouts";

/** A Deployment that was given up, with something changed. */
function deployment(progress: object, generation = 2): any {
  const labels = {
    "app.kubernetes.io/part-of": "switchboard",
    "app.kubernetes.io/name": "a",
    "app.kubernetes.io/component": "panel",
  };
  const conditions = [
    { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "has timed out", ...progress },
    { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
  ];
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "panel", generation, labels } },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { spec: { containers: [{ image: "a:1" }] } } },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 1, readyReplicas: 1, conditions },
  };
}

for (const [what, workload, lost] of [
  ["given up", deployment({}), true],
  ["given up, before the newest change", deployment({}, 3), false],
  ["with a word of a deadline that holds no more", deployment({ status: "True" }), false],
] as const) {
  test(`up and status say the same of a rollout that is ${what}`, () => {
    const [status] = tierStatuses({ objects: [workload], state: { unknown: "not asked" } as any }) as TierStatus[];
    assert.equal(status!.rollout === "stuck", lost);
    const verdict = rolloutOf(workload);
    assert.equal(verdict.state === "failed", lost, verdict.message);
    if (lost) assert.match(verdict.message, /exceeded quota/);
    assert.equal(status!.refused, "exceeded quota");
  });
}
