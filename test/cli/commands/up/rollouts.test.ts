import assert from "node:assert/strict";
import { test } from "node:test";
import { rolloutOf, watch } from "../../../../cli/commands/up/rollouts";
import type { KubeObject } from "../../../../engine/providers/kubernetes/client";
import { UserError } from "../../../../lib/userError";

const labels = { "app.kubernetes.io/name": "panel", "app.kubernetes.io/component": "web" };

/** A Deployment of two, rolled out; `status` and `metadata` say what is different. */
function panel({ status = {}, metadata = {} }: { status?: object; metadata?: object } = {}): KubeObject {
  return {
    kind: "Deployment",
    metadata: { name: "panel", generation: 4, annotations: { "pulumi.com/timeoutSeconds": "300" }, ...metadata },
    spec: { replicas: 2, selector: { matchLabels: labels } },
    status: { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  };
}

const postgres = (status: object, timeout: string): KubeObject => ({
  kind: "StatefulSet",
  metadata: { name: "postgres", generation: 2, annotations: { "pulumi.com/timeoutSeconds": timeout } },
  spec: { replicas: 1, selector: { matchLabels: { "app.kubernetes.io/name": "postgres" } } },
  status: { observedGeneration: 2, replicas: 1, readyReplicas: 1, ...status },
});

const pod = (name: string, waiting: object | undefined, metadata: object = {}): KubeObject => ({
  kind: "Pod",
  metadata: { name, labels, creationTimestamp: "2026-11-01T00:00:00Z", ...metadata },
  status: { containerStatuses: [{ name: "web", ready: !waiting, state: waiting ? { waiting } : { running: {} } }] },
});

/** A cluster that answers one list after the other, the last one for ever. */
function cluster(...answers: readonly (readonly KubeObject[] | Error)[]) {
  let asked = 0;
  return {
    asked: () => asked,
    kubectl: {
      namespace: "switchboard",
      options: { stack: "lab", local: false, context: "lab" },
      async list() {
        const answer = answers[Math.min(asked++, answers.length - 1)]!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    } as unknown as Parameters<typeof watch>[0],
  };
}

const signal = new AbortController().signal;

test("a rollout is done when its controller has seen the newest change and every pod is of it", () => {
  const cases: [object: KubeObject, state: string, message: RegExp][] = [
    [panel(), "ready", /^$/],
    [panel({ metadata: { generation: 5 } }), "waiting", /has not seen the change yet/],
    [panel({ status: { updatedReplicas: 1 } }), "waiting", /1 of 2 pods are of the new version/],
    [panel({ status: { replicas: 3 } }), "waiting", /1 old pods are still to end/],
    [panel({ status: { availableReplicas: 1 } }), "waiting", /1 of 2 pods are available/],
    [postgres({ currentRevision: "a", updateRevision: "b", updatedReplicas: 0 }, "300"), "waiting", /0 of 1/],
  ];
  for (const [object, state, message] of cases) {
    const verdict = rolloutOf(object);
    assert.equal(verdict.state, state, verdict.message);
    assert.match(verdict.message, message);
  }
});

test("the words of an earlier change are not taken for those of the newest", () => {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "…" }];
  const late = { updatedReplicas: 1, conditions };
  assert.equal(rolloutOf(panel({ status: late })).state, "failed");
  assert.equal(rolloutOf(panel({ status: late, metadata: { generation: 5 } })).state, "waiting");
});

test("it waits while a rollout that was called done has only begun, also through an API server that is away", async () => {
  const said: string[] = [];
  const stale = panel({ metadata: { generation: 5 } });
  const { kubectl, asked } = cluster([stale], new Error("away"), [panel()]);
  await watch(kubectl, (line) => void said.push(line), signal);
  assert.equal(asked(), 3);
  assert.deepEqual(said, ["panel: its controller has not seen the change yet"]);
});

test("a rollout that will not come to its end is told with what its newest pods say", async () => {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
  const broken = panel({ status: { replicas: 3, updatedReplicas: 1, conditions } });
  const newest = { creationTimestamp: "2026-11-02T00:00:00Z" };
  const pull = { reason: "ImagePullBackOff", message: 'Back-off pulling image "registry.example/panel:2"' };
  const { kubectl } = cluster([
    broken,
    pod("panel-old", undefined),
    pod("panel-new", pull, newest),
    pod("panel-gone", { reason: "Gone" }, { deletionTimestamp: "2026-11-02T00:00:00Z" }),
  ]);
  await assert.rejects(
    watch(kubectl, () => {}, signal),
    (error: UserError) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /Deployment panel: 1 of 2 pods are of the new version\n {2}pod panel-new: container web/,
      );
      assert.match(error.message, /ImagePullBackOff: Back-off pulling image "registry\.example\/panel:2"$/);
      assert.match(error.todo, /switchboard status lab/);
      return true;
    },
  );
});

test("a Secret that a pod waits for is named, whoever keeps it", async () => {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
  const { kubectl } = cluster([
    panel({ status: { updatedReplicas: 1, conditions } }),
    pod("panel-new", { reason: "CreateContainerConfigError", message: 'secret "mail-login" not found' }),
  ]);
  await assert.rejects(
    watch(kubectl, () => {}, signal),
    /pod panel-new: container web: CreateContainerConfigError: secret "mail-login" not found$/,
  );
});

test("a StatefulSet, whose controller never gives up, is given up after the stack's own time", async () => {
  const { kubectl } = cluster([postgres({ readyReplicas: 0 }, "0.001")]);
  await assert.rejects(
    watch(kubectl, () => {}, signal),
    /StatefulSet postgres: 0 of 1 pods are ready/,
  );
});

test("an API server that stays away ends it with its own words", async () => {
  const { kubectl } = cluster(new Error("the API server of context lab gave no answer"));
  await assert.rejects(
    watch(kubectl, () => {}, signal),
    /gave no answer/,
  );
});
