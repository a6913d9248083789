import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { cpu, duration, memory, seconds, variable } from "../../../cli/cluster/amounts";
import { type LiveWorkload, type OneOffArgs, oneOffContainer, oneOffJob } from "../../../cli/cluster/oneOff";
import { commandMissing, notStarted, type OneOffPod, stageOf } from "../../../cli/cluster/oneOffPod";
import { isGivenUp } from "../../../cli/commands/run/runJob";
import { fromPlan } from "../../../engine/resources/fromPlan";
import type { Resource } from "../../../engine/resources/resource";
import { plan, stackConfig } from "../../support/plan";
import { reaches } from "../../support/reachability";

let resources: Resource[];
let policies: Record<string, any>;
before(async () => {
  const run = await plan(stackConfig("dev"));
  resources = fromPlan(run);
  const found = run.of("kubernetes:networking.k8s.io/v1:NetworkPolicy");
  policies = Object.fromEntries(found.map(({ inputs }) => [inputs.metadata.name, inputs.spec]));
});

const args: OneOffArgs = {
  ...{
    purpose: "console" as const,
    command: ["node", "src/main.js", "console"],
    limits: { cpu: "1", memory: "256Mi" },
  },
  ...{ deadlineSeconds: 3600, keptSeconds: 60 },
  caller: { by: "ada@laptop", at: new Date("2026-11-21T12:00:00Z"), client: "laptop:1" },
};

/** A workload of the stack as the API server would return it. */
function live(name: string): LiveWorkload {
  const found = resources.find((resource) => resource.name === name);
  assert.ok(found, name);
  const { metadata, spec } = structuredClone(found.inputs);
  spec.template.metadata.labels["pod-template-hash"] = "5d4f";
  return { kind: "Deployment", metadata, spec };
}

describe("a Job of one's own, made from what runs", () => {
  for (const name of ["panel-deployment", "chat-deployment", "workers-deployment"]) {
    test(`of ${name} has its image, variables, files and rights, and nothing that serves`, () => {
      const workload = live(name);
      const { spec } = oneOffJob(workload, args);
      const [container, ...others] = spec.template.spec.containers;
      const original = workload.spec.template.spec.containers[0]!;
      assert.equal(others.length, 0);
      assert.equal(container!.name, oneOffContainer);
      for (const key of ["image", "env", "envFrom", "volumeMounts", "securityContext"]) {
        assert.deepEqual(container![key], original[key], key);
      }
      for (const key of ["ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "args"]) {
        assert.equal(container![key], undefined, key);
      }
      const template = workload.spec.template.spec;
      const made = spec.template.spec;
      for (const key of ["volumes", "serviceAccountName", "securityContext", "automountServiceAccountToken"]) {
        assert.deepEqual(made[key], template[key], key);
      }
      assert.equal(made.restartPolicy, "Never");
      assert.equal(made.topologySpreadConstraints, undefined);
      assert.deepEqual(container!.resources, { requests: { cpu: "20m", memory: "64Mi" }, limits: args.limits });
      assert.deepEqual([spec.backoffLimit, spec.activeDeadlineSeconds, spec.ttlSecondsAfterFinished], [0, 3600, 60]);
    });
  }

  test("is selected by no Service, no workload and no disruption budget", () => {
    const { labels } = oneOffJob(live("panel-deployment"), args).spec.template.metadata;
    assert.equal(labels["pod-template-hash"], undefined);
    const selectors = resources.flatMap(({ name, type, inputs }) => {
      const selector = type.endsWith("v1:Service") ? inputs.spec.selector : inputs.spec?.selector?.matchLabels;
      return selector && !type.endsWith(":NetworkPolicy") ? [{ name, selector }] : [];
    });
    assert.ok(selectors.length > 8);
    for (const { name, selector } of selectors) {
      const selected = Object.entries(selector).every(([key, value]) => labels[key] === value);
      assert.equal(selected, false, name);
    }
  });

  test("reaches the databases that its app reaches, and is reached by nobody", () => {
    const pod = (name: string, component: string) => ({ name, component });
    const [panel, chat] = [pod("panel", "console"), pod("chat", "console")];
    const postgres = { pods: pod("postgres", "server"), port: 5432 };
    const redis = { pods: pod("redis", "server"), port: 6379 };
    assert.equal(reaches(policies, panel, postgres), true);
    assert.equal(reaches(policies, panel, redis), true);
    assert.equal(reaches(policies, chat, postgres), true);
    assert.equal(reaches(policies, chat, redis), false);
    assert.equal(reaches(policies, chat, { pods: pod("chat", "socket"), port: 9100 }), true);
    assert.equal(reaches(policies, panel, { pods: pod("chat", "socket"), port: 9100 }), false);
    for (const port of [3000, 4000, 9100]) {
      assert.equal(reaches(policies, pod("edge", "proxy"), { pods: panel, port }), false);
      assert.equal(reaches(policies, "outside", { pods: chat, port }), false);
    }
  });

  test("says who asked for it, of what and when, and neither command nor variables", () => {
    const { metadata } = oneOffJob(live("panel-deployment"), {
      ...{ ...args, command: ["node", "-e", "secret-expression"], environment: { NODE_OPTIONS: "--trace-warnings" } },
    });
    assert.equal(metadata.annotations["switchboard.dev/by"], "ada@laptop");
    assert.equal(metadata.annotations["switchboard.dev/of"], "Deployment/panel");
    assert.equal(metadata.annotations["switchboard.dev/at"], "2026-11-21T12:00:00.000Z");
    assert.doesNotMatch(JSON.stringify(metadata), /secret-expression|trace-warnings/);
    assert.match(metadata.name, /^panel-console-[a-z0-9]{5}$/);
  });

  test("a variable that is given takes the place of the app's own", () => {
    const job = oneOffJob(live("panel-deployment"), { ...args, environment: { STAGE: "mine", MORE: "1" } });
    const env = job.spec.template.spec.containers[0]!.env!;
    assert.deepEqual(
      env.filter(({ name }) => name === "STAGE" || name === "MORE"),
      [
        { name: "STAGE", value: "mine" },
        { name: "MORE", value: "1" },
      ],
    );
  });

  test("a disk of the server that runs is left to it", () => {
    const workload = live("panel-deployment") as any;
    workload.spec.template.spec.volumes.push({ name: "disk", persistentVolumeClaim: { claimName: "x" } });
    workload.spec.template.spec.containers[0].volumeMounts.push({ name: "disk", mountPath: "/data" });
    const { spec } = oneOffJob(workload, args).spec.template;
    assert.doesNotMatch(JSON.stringify(spec), /persistentVolumeClaim|"disk"/);
  });
});

describe("how far a pod is", () => {
  const pod = (status: OneOffPod["status"], nodeName?: string): OneOffPod => ({
    ...{ metadata: { name: "p" }, status },
    ...(nodeName ? { spec: { nodeName } } : {}),
  });
  const state = (value: object) => pod({ containerStatuses: [{ name: oneOffContainer, state: value }] });

  test("from its status", () => {
    assert.deepEqual(stageOf(state({ running: {} })), { at: "running" });
    assert.deepEqual(stageOf(state({ terminated: { exitCode: 7 } })), {
      at: "ended",
      exitCode: 7,
      reason: "",
      message: "",
    });
    assert.deepEqual(stageOf(pod({ phase: "Failed", reason: "DeadlineExceeded" })), {
      ...{ at: "ended", exitCode: 1, reason: "DeadlineExceeded", message: "" },
    });
    assert.deepEqual(stageOf(pod({})), { at: "waiting", why: "waiting for a node", hopeless: false });
    assert.deepEqual(stageOf(pod({}, "one")), { at: "waiting", why: "starting on one", hopeless: false });
    const unscheduled = pod({
      conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes: Insufficient memory" }],
    });
    assert.deepEqual(stageOf(unscheduled), { at: "waiting", why: "0/1 nodes: Insufficient memory", hopeless: false });
  });

  test("an image that cannot be had is not waited for, and the error says what to do", () => {
    const stage = stageOf(state({ waiting: { reason: "ImagePullBackOff", message: "not found" } }));
    assert.deepEqual(stage, { at: "waiting", why: "ImagePullBackOff: not found", hopeless: true });
    const refusal = notStarted("p", stage as never, 60);
    assert.match(refusal.message, /p did not start: ImagePullBackOff/);
    assert.match(refusal.todo, /image/);
  });

  test("a program that the image has not got is told as that", () => {
    const stage = stageOf(
      state({ terminated: { exitCode: 128, reason: "StartError", message: 'exec: "sh": executable file not found' } }),
    );
    const refusal = commandMissing(stage, ["sh"], "panel:1");
    assert.match(refusal!.message, /the image panel:1 has no program "sh"/);
    assert.match(refusal!.todo, /no such shell/);
    assert.equal(commandMissing({ at: "ended", exitCode: 1, reason: "Error", message: "" }, ["node"], "x"), undefined);
  });
});

test("a container that is killed when its time is over was given up, and no other", () => {
  assert.equal(isGivenUp({ exitCode: 137, reason: "Error" }, 15_000, 5), true);
  assert.equal(isGivenUp({ exitCode: 143, reason: "Error" }, 5000, 5), true);
  assert.equal(isGivenUp({ exitCode: 137, reason: "Error" }, 4000, 5), false);
  assert.equal(isGivenUp({ exitCode: 137, reason: "OOMKilled" }, 15_000, 5), false);
  assert.equal(isGivenUp({ exitCode: 7, reason: "Error" }, 15_000, 5), false);
});

test("amounts are read as they are written, and what is none says what is allowed", () => {
  assert.deepEqual(
    ["90s", "30m", "2h", "1h30m"].map((text) => seconds(text, 1, 86_400)),
    [90, 1800, 7200, 5400],
  );
  assert.equal(duration(5400), "1h30m");
  for (const text of ["", "90", "1d", "0s", "48h", "-1s"]) {
    assert.throws(() => seconds(text, 1, 86_400), /must be a time from 1s to 24h/, text);
  }
  assert.equal(memory("512Mi"), "512Mi");
  for (const text of ["512", "10Mi", "lots", "1.5Gi"]) assert.throws(() => memory(text), /from 64Mi/, text);
  assert.equal(cpu("500m"), "500m");
  for (const text of ["0", "10m", "many"]) assert.throws(() => cpu(text), /from 50m/, text);
  assert.deepEqual(variable("A=b=c"), ["A", "b=c"]);
  assert.throws(
    () => variable("1A=secret"),
    (error: Error) => !error.message.includes("secret"),
  );
});
