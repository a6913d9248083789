/** What plan, policies, costs and diagram say of a Postgres that an operator runs. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fromPlan } from "../../../../engine/resources/fromPlan";
import type { Resource } from "../../../../engine/resources/resource";
import { architectureOf } from "../../../../review/diagram";
import { weakened } from "../../../../review/plan/safeguards";
import { check } from "../../../../review/policies";
import { billed, onGoogle, resource } from "../../../review/cost/stack";
import { operatedConfig } from "../../../support/operatedPostgres";
import { plan } from "../../../support/plan";
import { gone, type RiskCase, testRisks, update } from "../../../support/riskCases";

const type = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const spec = (change: object) => ({ spec: { instances: 3, imageName: "postgresql:17.5", ...change } });

const cases: readonly RiskCase[] = [
  { what: "a Cluster that goes", ...gone(type), risk: "danger", says: /its volumes|their volumes with it/ },
  {
    what: "a Cluster with fewer servers",
    ...update(type, spec({}), spec({ instances: 2 })),
    risk: "caution",
    says: /fewer pods than before \(3 → 2\)/,
  },
  {
    what: "a Cluster without servers",
    ...update(type, spec({}), spec({ instances: 0 })),
    risk: "danger",
    says: /no pod of it runs any more/,
  },
  {
    what: "a Cluster with another image",
    ...update(type, spec({}), spec({ imageName: "postgresql:17.6" })),
    risk: "caution",
    says: /restart one after the other \(postgresql:17\.5 → postgresql:17\.6\)/,
  },
];
testRisks(cases);

test("a commit that waits for a copy less often than before is told, and a superuser over the network", () => {
  const of = (change: object) => resource(type, { spec: change });
  const waits = (dataDurability: string) => ({
    postgresql: { synchronous: { method: "any", number: 1, dataDurability } },
  });
  const told = (from: object, to: object) => weakened(of(from), of(to)).map(({ path, risk }) => [path, risk]);
  assert.deepEqual(told(waits("required"), waits("preferred")), [
    ["spec.postgresql.synchronous.dataDurability", "caution"],
  ]);
  assert.deepEqual(told(waits("preferred"), waits("required")), []);
  assert.deepEqual(told(waits("preferred"), { postgresql: {} }), [["spec.postgresql.synchronous.method", "danger"]]);
  assert.deepEqual(told({ enableSuperuserAccess: false }, { enableSuperuserAccess: true }), [
    ["spec.enableSuperuserAccess", "danger"],
  ]);
});

test("volumes cost by their number, their size and the disks of their class; on a cluster of others nobody knows", () => {
  const servers = (instances: number, size: string) =>
    resource(type, { spec: { instances, storage: { size, storageClass: "premium-rwo" } } });
  const one = billed(onGoogle("europe-west1", servers(1, "10Gi")), type);
  const three = billed(onGoogle("europe-west1", servers(3, "10Gi")), type);
  const [[, low]] = one.lines as [[string, number]];
  const [[, threefold]] = three.lines as [[string, number]];
  assert.ok(low > 0);
  assert.ok(Math.abs(threefold - 3 * low) < 0.03, `${threefold} is three times ${low}`);
  assert.deepEqual(billed([servers(2, "1Gi")], type).unpriced, [
    "2 volumes of 1Gi: it runs on a cluster that exists, and is on the bill of that cluster",
  ]);
});

describe("a stack with it", () => {
  let resources: Resource[];
  before(async () => {
    resources = fromPlan(await plan(operatedConfig(), { preview: false }));
  });

  /** The stack after a change of the `Cluster`. */
  function changed(change: (inputs: any) => void, protect = false): Resource[] {
    return resources.map((entry) => {
      if (entry.type !== type) return { ...entry, protect: entry.protect || protect };
      const inputs = structuredClone(entry.inputs);
      change(inputs);
      return { ...entry, inputs };
    });
  }
  const rulesOf = (all: readonly Resource[]) => check(all).map(({ rule, message }) => `${rule}: ${message}`);

  test("keeps to every rule", () => assert.deepEqual(rulesOf(resources), []));

  test("is complained of where it lets clients in without TLS, or stores passwords otherwise", () => {
    assert.deepEqual(rulesOf(changed(({ spec }) => (spec.postgresql.pg_hba = ["host all all all scram-sha-256"]))), [
      'database-tls-enforced: spec.postgresql.pg_hba is ["host all all all scram-sha-256"], and must begin with "hostnossl all all all reject"',
    ]);
    assert.deepEqual(rulesOf(changed(({ spec }) => delete spec.postgresql.pg_hba)), [
      'database-tls-enforced: spec.postgresql.pg_hba is not set, and must begin with "hostnossl all all all reject"',
    ]);
    assert.deepEqual(rulesOf(changed(({ spec }) => (spec.postgresql.parameters.password_encryption = "md5"))), [
      'postgres-asks-password: spec.postgresql.parameters.password_encryption is "md5", and must be "scram-sha-256"',
    ]);
  });

  test("is complained of with one server, where the stack is protected", () => {
    const told = rulesOf(changed(({ spec }) => (spec.instances = 1), true));
    assert.ok(
      told.some((text) => text === "data-in-two-zones: spec.instances is 1, and must be 2 or more"),
      told.join(),
    );
  });

  test("is drawn with its servers, who connects to them, and the operator beside the platform", () => {
    const { boxes, arrows } = architectureOf(resources);
    const servers = boxes.find(({ title }) => title === "postgres · server")!;
    assert.deepEqual(
      [servers.details, servers.role, servers.inside],
      [["2 pods, CloudNativePG", "volumes of 1Gi"], "data", true],
    );
    const operator = boxes.find(({ title }) => title === "namespace cnpg-system")!;
    assert.equal(operator.inside, false);
    const into = Object.fromEntries(
      arrows.filter(({ to }) => to === servers.id).map(({ from, ports }) => [from, ports]),
    );
    assert.deepEqual(into["panel-web"], [5432]);
    assert.deepEqual(into[servers.id], [5432, 8000]);
    assert.deepEqual(into[operator.id], [5432, 8000]);
  });
});
