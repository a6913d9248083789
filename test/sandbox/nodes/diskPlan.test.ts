import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApiObject } from "../../../sandbox/nodes/api";
import { diskActions, disks, quantityOf, smallestDisk, volumeOf } from "../../../sandbox/nodes/diskPlan";

const mebi = 2 ** 20;
const selected = { "volume.kubernetes.io/selected-node": "node-2" };

/** A claim as its StatefulSet and the scheduler leave it. */
function claim(more: { spec?: object; metadata?: object; status?: object } = {}): ApiObject {
  return {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
    metadata: { name: "data-postgres-0", namespace: "shop", uid: "u1", annotations: selected, ...more.metadata },
    spec: {
      ...{ storageClassName: disks.class, accessModes: ["ReadWriteOnce"] },
      resources: { requests: { storage: "1Gi" } },
      ...more.spec,
    },
    status: more.status ?? { phase: "Pending" },
  };
}

const made = (actions: ReturnType<typeof diskActions>) => {
  const [action] = actions;
  assert.ok(action?.kind === "create");
  return action;
};
const volume = (status: object, spec: object = {}): ApiObject => {
  const fresh = volumeOf(made(diskActions([claim()], [], [disks.class])), "/volumes/pvc-u1");
  return { ...fresh, spec: { ...(fresh.spec as object), ...spec }, status };
};
const bound = { phase: "Bound", capacity: { storage: "1Gi" } };

describe("a claim gets a disk", () => {
  test("on the node of its first pod, of the size that it asks for", () => {
    assert.deepEqual(diskActions([claim()], [], [disks.class]), [
      {
        ...{ kind: "create", disk: "pvc-u1", node: "node-2", bytes: 1024 * mebi },
        claim: { namespace: "shop", name: "data-postgres-0", uid: "u1" },
        ...{ accessModes: ["ReadWriteOnce"], storageClass: disks.class },
      },
    ]);
  });

  test("of the smallest size that the file system has, and the volume says that size", () => {
    const small = claim({ spec: { resources: { requests: { storage: "256M" } } } });
    const action = made(diskActions([small], [], [disks.class]));
    assert.equal(action.bytes, smallestDisk);
    assert.deepEqual((volumeOf(action, "/x").spec as { capacity: object }).capacity, { storage: "300Mi" });
  });

  for (const [why, waiting] of [
    ["the scheduler has not chosen a node", claim({ metadata: { annotations: {} } })],
    ["it has a volume", claim({ spec: { volumeName: "pvc-u1" } })],
    ["it is of another class", claim({ spec: { storageClassName: "theirs" } })],
    ["it is of no class", claim({ spec: { storageClassName: undefined } })],
    ["it is being deleted", claim({ metadata: { deletionTimestamp: "2026-11-30T00:00:00Z" } })],
  ] as const)
    test(`not while ${why}`, () => assert.deepEqual(diskActions([waiting], [], [disks.class]), []));

  test("once: a volume that is there is not made again before it is bound", () => {
    assert.deepEqual(diskActions([claim()], [volume({ phase: "Available" })], [disks.class]), []);
  });
});

describe("a disk grows with its claim", () => {
  const grown = (asked: string, told: object, has = "1Gi") =>
    diskActions(
      [claim({ spec: { volumeName: "pvc-u1", resources: { requests: { storage: asked } } }, status: told })],
      [volume({ phase: "Bound" }, { capacity: { storage: has } })],
      [disks.class],
    );

  test("to what the claim asks for", () => {
    assert.deepEqual(grown("2Gi", bound), [
      {
        ...{ kind: "grow", disk: "pvc-u1", node: "node-2", bytes: 2048 * mebi },
        claim: { namespace: "shop", name: "data-postgres-0", uid: "u1" },
      },
    ]);
  });

  test("not where it has that already, in whatever unit", () => assert.deepEqual(grown("1024Mi", bound), []));
  test("never to less", () => assert.deepEqual(grown("512Mi", bound), []));
  test("not before Kubernetes has bound it", () => assert.deepEqual(grown("2Gi", { phase: "Pending" }), []));

  test("and the claim is told where a process ended before it could", () => {
    const [action] = grown("2Gi", bound, "2Gi");
    assert.ok(action?.kind === "grow" && action.bytes === 2048 * mebi);
  });
});

describe("a disk goes", () => {
  test("with its claim", () =>
    assert.deepEqual(diskActions([], [volume({ phase: "Released" })], [disks.class]), [
      { kind: "remove", disk: "pvc-u1", node: "node-2" },
    ]));

  test("not where a person kept it", () => {
    const kept = volume({ phase: "Released" }, { persistentVolumeReclaimPolicy: "Retain" });
    assert.deepEqual(diskActions([], [kept], [disks.class]), []);
  });

  test("not where somebody else made it", () => {
    const theirs = volume({ phase: "Released" });
    const metadata = { ...theirs.metadata, annotations: { "pv.kubernetes.io/provisioned-by": "theirs" } };
    assert.deepEqual(diskActions([], [{ ...theirs, metadata }], [disks.class]), []);
  });
});

test("sizes are written as people read them", () => {
  assert.deepEqual([2 ** 30, 300 * mebi, 1536 * mebi, 2 ** 20 + 1024, 1000].map(quantityOf), [
    ...["1Gi", "300Mi", "1536Mi", "1025Ki", "1000"],
  ]);
});
