import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { parseBytes as bytesOf } from "../components/schema/values/resources";
import type { Plan } from "./support/plan";
import { podTemplates } from "./support/pods";
import { planOf } from "./support/sharedPlans";
import { settingsOf } from "./support/stackSettings";
import { everyStack } from "./support/stacks";

/** Amounts that a quota bounds, as Kubernetes names them, with how each is read. */
const amounts = {
  cpu: (text: string) => (text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000),
  memory: bytesOf,
  "ephemeral-storage": bytesOf,
} as const;
type Amount = keyof typeof amounts;

for (const stack of everyStack()) {
  describe(`the bounds of ${stack.name}`, () => {
    const settings = settingsOf(stack);
    let preview: Plan;
    before(async () => {
      preview = await planOf(stack);
    });

    test("no folder in a pod grows without end, and no container fills its node's disk", () => {
      for (const { owner, template, containers } of podTemplates(preview)) {
        const sizes = new Map<string, number>();
        for (const { name, emptyDir } of template.spec.volumes)
          if (emptyDir) sizes.set(name, bytesOf(emptyDir.sizeLimit));
        assert.ok(sizes.size > 0, `${owner.urn} has a /tmp`);
        // The volumes of an app count once, at its own container: the kubelet adds up what a pod's containers may have.
        const together = containers.filter(({ name }) => name !== "prepare");
        const all = together.reduce((sum, { resources }) => sum + bytesOf(resources.limits["ephemeral-storage"]), 0);
        const held = [...sizes.values()].reduce((sum, size) => sum + size, 0);
        assert.ok(
          all - held >= together.length * 120 * 2 ** 20,
          `${owner.urn} may fill its folders and write its logs`,
        );
        for (const { name, resources, restartPolicy, volumeMounts = [] } of containers) {
          const isBeside = restartPolicy === "Always" && owner.urn.includes("switchboard:apps:App$");
          const where = `${owner.urn} ${name}`;
          const asked = bytesOf(resources.requests["ephemeral-storage"]);
          const most = bytesOf(resources.limits["ephemeral-storage"]);
          // A folder that is seen at two paths is one folder.
          const mounted = [
            ...new Set<string>(
              volumeMounts.flatMap((mount: any) => (isBeside && mount.mountPath !== "/tmp" ? [] : [mount.name])),
            ),
          ];
          const folders = mounted.reduce((sum, volume) => sum + (sizes.get(volume) ?? 0), 0);
          assert.ok(asked <= most, where);
          // Its log is on the same disk: two files that may have grown for ten seconds, and three that are packed.
          assert.ok(most - folders >= 120 * 2 ** 20, `${where} may fill its folders and still write its log`);
        }
      }
    });

    test("NGINX can keep the largest request of every connection of an address, up to a gibibyte", () => {
      const { spec } = preview.named("kubernetes:apps/v1:Deployment", "edge-deployment").inputs.spec.template;
      const tmp = bytesOf(spec.volumes.find(({ name }: { name: string }) => name === "tmp").emptyDir.sizeLimit);
      const { limits, resources } = settings.edge;
      const [, digits, unit] = /^(\d+)([kmg])$/.exec(limits.bodySize)!;
      const body = Number(digits) * { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit as "k" | "m" | "g"];
      if (resources.tmpSize) assert.equal(tmp, bytesOf(resources.tmpSize));
      else assert.ok(tmp >= Math.min(body * limits.requestsPerAddress, 2 ** 30));
      assert.ok(tmp >= body);
    });

    test("the quota lets a release follow another while pods still end, jobs run and people look", () => {
      const quotas = preview.of("kubernetes:core/v1:ResourceQuota");
      const ranges = preview.of("kubernetes:core/v1:LimitRange");
      const { enabled, sparePercent } = settings.operations.quota;
      assert.equal(quotas.length, enabled ? 1 : 0);
      assert.equal(ranges.length, quotas.length);
      for (const { inputs } of quotas) {
        const { hard } = inputs.spec;
        const busiest = busiestMoment(preview);
        const spare = (100 + sparePercent) / 100;
        // For each host name that an authority asks for, one pod of cert-manager for a renewal and one for a change.
        const least = Math.ceil((busiest.pods + 2 * hostsAsked(preview)) * spare);
        assert.ok(Number(hard.pods) >= least, `pods ${hard.pods} of ${least}`);
        for (const kind of ["requests", "limits"] as const) {
          for (const what of Object.keys(amounts) as Amount[]) {
            const key = `${kind}.${what}`;
            const most = amounts[what](hard[key]);
            const own = busiest[kind][what];
            assert.ok(most >= own * spare, `${key} ${hard[key]}: ${most} of ${own * spare}`);
            const bound = { cpu: 5000, memory: 2 ** 31, "ephemeral-storage": 2 ** 31 }[what];
            assert.ok(most <= (own + bound) * spare, `${key} ${hard[key]} bounds something`);
          }
        }
      }
    });

    test("a container that says nothing gets what the quota asks of it", () => {
      for (const { inputs } of preview.of("kubernetes:core/v1:LimitRange")) {
        const [range, ...others] = inputs.spec.limits;
        assert.deepEqual([range.type, others.length], ["Container", 0]);
        const { hard } = preview.of("kubernetes:core/v1:ResourceQuota")[0]!.inputs.spec;
        for (const key of Object.keys(hard).filter((name) => name !== "pods")) {
          const [kind, what] = key.split(".") as ["requests" | "limits", Amount];
          const given = { requests: range.defaultRequest, limits: range.default }[kind][what];
          assert.ok(amounts[what](given) > 0 && amounts[what](given) * 10 < amounts[what](hard[key]), key);
        }
        for (const what of Object.keys(amounts) as Amount[])
          assert.ok(amounts[what](range.defaultRequest[what]) <= amounts[what](range.default[what]), what);
      }
    });

    test("everything in the namespace waits for its bounds, which a pod would be refused without", () => {
      const quota = preview.of("kubernetes:core/v1:ResourceQuota")[0];
      if (!quota) return;
      for (const { owner } of podTemplates(preview)) assert.ok(owner.dependencies.includes(quota.urn), owner.urn);
      assert.ok(
        quota.dependencies.some((urn) => urn.includes(":LimitRange::")),
        "defaults come before the quota",
      );
    });
  });
}

interface Busiest {
  pods: number;
  readonly requests: Record<Amount, number>;
  readonly limits: Record<Amount, number>;
}

/** Four people at once, each with two cores and two gibibytes, as `switchboard run` takes them. */
const people = {
  count: 4,
  requests: { cpu: 20, memory: 64 * 2 ** 20, "ephemeral-storage": 64 * 2 ** 20 },
  limits: { cpu: 2000, memory: 2 * 2 ** 30, "ephemeral-storage": 2 ** 30 },
};

/**
 * Everything that may be there at once: three releases' pods of each Deployment, two tries of each Job that a release
 * waits for, one pod of everything else, and what people start.
 */
function busiestMoment(from: Plan): Busiest {
  const none = () => ({ cpu: 0, memory: 0, "ephemeral-storage": 0 });
  const sum: Busiest = { pods: people.count, requests: none(), limits: none() };
  for (const kind of ["requests", "limits"] as const)
    for (const what of Object.keys(amounts) as Amount[]) sum[kind][what] += people.count * people[kind][what];
  // Each of theirs has the sidecars of the pod that it is made from.
  for (const kind of ["requests", "limits"] as const)
    for (const what of Object.keys(amounts) as Amount[])
      sum[kind][what] += people.count * Math.max(...ownSidecars(from).map((all) => total(all, kind, what)));
  for (const { owner, template, containers } of podTemplates(from)) {
    const { replicas } = owner.inputs.spec;
    const rolls = owner.type.endsWith(":Deployment");
    const once = owner.type.endsWith(":Job") ? 2 : 1;
    const most = rolls ? (replicas === 0 ? 0 : 3 * replicas + 1) : once;
    sum.pods += most;
    const [main] = template.spec.containers;
    // What prepares is gone when the others start, and asks for the same.
    const together = [main, ...containers.filter(({ restartPolicy }) => restartPolicy === "Always")];
    for (const kind of ["requests", "limits"] as const)
      for (const what of Object.keys(amounts) as Amount[])
        for (const { resources } of together) sum[kind][what] += most * amounts[what](resources[kind][what]);
  }
  // An operator makes a pod for each server, and may be making one more.
  for (const { inputs } of from.of("kubernetes:postgresql.cnpg.io/v1:Cluster")) {
    const most = inputs.spec.instances + 1;
    sum.pods += most;
    for (const kind of ["requests", "limits"] as const)
      for (const what of Object.keys(amounts) as Amount[]) sum[kind][what] += most * total([inputs.spec], kind, what);
  }
  return sum;
}

/** The sidecars that apps of the stack's file have, by pod. */
function ownSidecars(from: Plan) {
  return podTemplates(from).map(({ owner, containers }) =>
    owner.urn.includes("switchboard:apps:App$")
      ? containers.filter(({ restartPolicy }) => restartPolicy === "Always")
      : [],
  );
}

function total(containers: readonly { resources: any }[], kind: "requests" | "limits", what: Amount): number {
  return containers.reduce((sum, { resources }) => sum + amounts[what](resources[kind][what]), 0);
}

/** Host names that an authority asks for over HTTP, each by a pod of cert-manager. */
function hostsAsked(from: Plan): number {
  return from.of("kubernetes:cert-manager.io/v1:Issuer").flatMap(({ inputs }) => inputs.spec.acme.solvers).length;
}
