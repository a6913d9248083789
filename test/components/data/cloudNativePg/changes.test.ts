import assert from "node:assert/strict";
import { test } from "node:test";
import { changeProblem } from "../../../../components/data/cloudNativePg/changes";

const before = {
  imageName: "registry.example/postgresql:17.5",
  storage: { size: "2Gi", storageClass: "fast" },
  postgresql: { parameters: { work_mem: "4MB", shared_buffers: "128MB" } },
};
const told = (change: object) => changeProblem({ spec: before }, { spec: { ...before, ...change } });

test("what the operator does by itself is no matter", () => {
  assert.equal(told({}), undefined);
  assert.equal(told({ imageName: "registry.example/postgresql:17.6" }), undefined);
  assert.equal(told({ storage: { size: "3Gi", storageClass: "fast" } }), undefined);
  assert.equal(told({ postgresql: { parameters: { work_mem: "8MB" } } }), undefined);
  assert.equal(changeProblem({}, { spec: before }), undefined);
});

test("a volume does not shrink, and does not change its class", () => {
  assert.equal(
    told({ storage: { size: "1536Mi", storageClass: "fast" } }),
    "postgres.storage: 1536Mi is less than the volumes have (2Gi). A volume cannot shrink; set 2Gi, or move the data to a new stack with a dump",
  );
  assert.equal(
    told({ storage: { size: "2Gi" } }),
    "postgres.storageClass: the cluster's own is not the class of the volumes (fast). A volume cannot change its class; set it back, or move the data to a new stack with a dump",
  );
});

test("a new major version is nothing that an up does in passing, and an older one is none", () => {
  assert.equal(
    told({ imageName: "registry.example/postgresql:18.1" }),
    "postgres.image: Postgres 18 in the place of 17 would stop all servers for the upgrade and could not be undone; set it back to 17, or back the data up, set spec.imageName of the Cluster with kubectl, run `pulumi refresh`, and then set postgres.image",
  );
  assert.equal(
    told({ imageName: "registry.example/postgresql:16.9" }),
    "postgres.image: Postgres 16 is older than the 17 that runs, and Postgres cannot go back; set it to 17",
  );
});

test("an image and parameters change one after the other", () => {
  assert.equal(
    told({ imageName: "registry.example/postgresql:17.6", postgresql: { parameters: { shared_buffers: "256MB" } } }),
    "postgres.image: changes together with shared_buffers, work_mem, which the operator refuses; set the image back, run up, and change it in a second up",
  );
});
