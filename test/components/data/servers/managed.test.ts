import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudConfig } from "../../../support/config";
import { type Plan, plan } from "../../../support/plan";
import { toldOn } from "../../settings/clouds";

type Kind = "eks" | "gke";
const clouds = { eks: "aws:rds/instance:Instance", gke: "gcp:sql/databaseInstance:DatabaseInstance" } as const;
const with_ = (kind: Kind, postgres: object = {}) => plan(cloudConfig(kind, { postgres }), { preview: false });
const instances = (kind: Kind, made: Plan) => made.of(clouds[kind]);
const instance = (kind: Kind, made: Plan, name: string) => made.named(clouds[kind], name);
const roleJobs = (made: Plan) =>
  made
    .of("kubernetes:batch/v1:Job")
    .flatMap(({ name, inputs }) => (/^postgres-roles-/.test(name) ? [inputs.metadata.name as string] : []));
/** What the apps get, without what another password or address of the same has no part in. */
const variableMaps = (made: Plan) =>
  JSON.stringify(made.of("kubernetes:core/v1:ConfigMap").map(({ inputs }) => inputs.data));

const filled = {
  eks: {
    none: { snapshotIdentifier: undefined, restoreToPointInTime: undefined },
    newest: {
      restoreToPointInTime: { sourceDbInstanceIdentifier: "postgres-0a1b2c3d", useLatestRestorableTime: true },
    },
    time: {
      restoreToPointInTime: { sourceDbInstanceIdentifier: "postgres-0a1b2c3d", restoreTime: "2026-11-30T18:48:25Z" },
    },
    backup: { snapshotIdentifier: "rds:postgres-0a1b2c3d-2026-11-30-02-05" },
  },
  gke: {
    none: { clone: undefined, restoreBackupContext: undefined },
    newest: { clone: { sourceInstanceName: "postgres-instance-name" } },
    time: { clone: { sourceInstanceName: "postgres-instance-name", pointInTime: "2026-11-30T18:48:25.000Z" } },
    backup: { restoreBackupContext: { backupRunId: 1796000000000, instanceId: "postgres-instance-name" } },
  },
} as const;
const backups = { eks: "rds:postgres-0a1b2c3d-2026-11-30-02-05", gke: "1796000000000" } as const;
const ways = [
  ["none", undefined],
  ["newest", {}],
  ["time", { time: "2026-11-30T19:48:25+01:00" }],
] as const;

/** Whether a map has at least these values; names that the stand-in of the cloud gives may be any. */
function has(kind: Kind, inputs: any, expected: object): void {
  for (const [key, value] of Object.entries(expected)) {
    if (typeof value !== "object") assert.equal(inputs[key], value, key);
    else
      for (const [inner, one] of Object.entries(value)) {
        if (kind === "gke" && /instance(Name|Id)$/i.test(inner))
          assert.match(String(inputs[key][inner]), /^postgres-inst/);
        else if (inner === "sourceDbInstanceIdentifier") assert.match(inputs[key][inner], /^postgres-[0-9a-f]{8}$/);
        else assert.equal(inputs[key][inner], one, inner);
      }
  }
}

for (const kind of ["eks", "gke"] as const) {
  for (const [way, restore] of [...ways, ["backup", { backup: backups[kind] }] as const]) {
    test(`a second server on ${kind} is made beside the first (${way}), with all that the first has`, async () => {
      const [before, after] = [await with_(kind), await with_(kind, { beside: { server: 2, restore } })];
      const [old] = instances(kind, before);
      const second = instance(kind, after, "postgres-2-instance");
      assert.equal(instances(kind, after).length, 2);
      assert.deepEqual(instance(kind, after, "postgres-instance").inputs, old!.inputs);
      has(kind, second.inputs, filled[kind][way]);
      // Nothing but its name and what it is filled with is otherwise.
      const own = [
        "identifier",
        "finalSnapshotIdentifier",
        ...Object.keys(filled[kind].none),
        ...Object.keys(filled[kind][way]),
      ];
      const others = (inputs: object) =>
        Object.fromEntries(Object.entries(inputs).filter(([key]) => !own.includes(key)));
      assert.deepEqual(others(second.inputs), others(old!.inputs));
      assert.equal(second.protect, old!.protect);
      for (const key of Object.keys(filled[kind].none)) assert.ok(second.ignoreChanges.includes(key), key);
      // The apps notice nothing.
      assert.deepEqual(roleJobs(after), roleJobs(before));
      assert.equal(variableMaps(after), variableMaps(before));
    });
  }

  test(`another server on ${kind} moves the apps and runs the jobs of roles again; the first stays as it was`, async () => {
    const [before, after] = [await with_(kind), await with_(kind, { server: 2, beside: { server: 1 } })];
    assert.deepEqual(instance(kind, after, "postgres-instance").inputs, instances(kind, before)[0]!.inputs);
    assert.deepEqual(
      instance(kind, after, "postgres-instance").ignoreChanges,
      instances(kind, before)[0]!.ignoreChanges,
    );
    assert.equal(roleJobs(after).length, 1);
    assert.notDeepEqual(roleJobs(after), roleJobs(before));
    // The stand-in of Google gives every instance one address.
    if (kind === "eks") {
      const hosts = (made: Plan) => new Set(variableMaps(made).match(/postgres-[\w.-]+\.rds\.amazonaws\.com/g));
      assert.equal(hosts(before).size, 1);
      assert.deepEqual(
        [...hosts(after)],
        [...hosts(before)].map((host) => host.replace("postgres-", "postgres-2-")),
      );
    }
  });

  test(`without the first on ${kind}, it is not in the program any more, and its protection refuses that`, async () => {
    const after = await with_(kind, { server: 2 });
    assert.deepEqual(
      instances(kind, after).map(({ name }) => name),
      ["postgres-2-instance"],
    );
  });

  test(`numbers and restores on ${kind} that cannot be are refused with what to do`, () => {
    const told = (postgres: object) => toldOn(kind, (raw) => Object.assign(raw.postgres!, postgres)).errors;
    assert.deepEqual(told({ server: 2, beside: { server: 2 } }), [
      "postgres.beside.server: is 2, as postgres.server; give the second one another number, e.g. 3",
    ]);
    assert.deepEqual(told({ server: 0 }), ["postgres.server: 0 is too small; use a whole number from 1 to 1000"]);
    const both = { backup: backups[kind], time: "2026-11-30T19:48:25Z" };
    assert.deepEqual(told({ beside: { server: 2, restore: both } }), [
      "postgres.beside.restore: has both backup and time; give one: for a time the cloud finds the backup by itself",
    ]);
    assert.match(told({ beside: { server: 2, restore: { time: "yesterday" } } })[0]!, /is not a second in time/);
    assert.match(
      told({ beside: { server: 2, restore: { backup: "a b" } } })[0]!,
      /"a b" is not the (name|number) of a/,
    );
  });
}
