import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPlan } from "../../../local/images/loadPlan";

const panel = { reference: "localhost/switchboard/panel:src-1", source: "apps/panel" };
const chat = { reference: "localhost/switchboard/chat:src-2", source: "apps/chat" };
const all = () => true;
const builds = [panel, chat].map(
  ({ reference, source }) => `docker build --tag ${reference} --file ${source}/Dockerfile ${source}`,
);
const lines = (context: string | undefined, images = [panel, chat]) =>
  loadPlan({ context, images, found: all }).map((command) => command.join(" "));

test("kind, k3d and minikube clusters load from Docker, by the name in the context", () => {
  const both = `${panel.reference} ${chat.reference}`;
  assert.deepEqual(lines("kind-my-team"), [...builds, `kind load docker-image ${both} --name my-team`]);
  assert.deepEqual(lines("k3d-one"), [...builds, `k3d image import ${both} --cluster one`]);
  assert.deepEqual(lines("minikube"), [...builds, `minikube image load ${both} --profile minikube`]);
});

test("every other cluster, also one that is made later, gets them from the registry of their names", () => {
  const image = { reference: "registry.example/team/panel:src-1", source: "apps/panel" };
  for (const context of ["gke_project_zone_name", "my-kind-1", undefined]) {
    assert.deepEqual(lines(context, [image]), [
      "docker build --tag registry.example/team/panel:src-1 --file apps/panel/Dockerfile apps/panel",
      "docker push registry.example/team/panel:src-1",
    ]);
  }
});

test("a name without a registry cannot be pushed", () => {
  assert.throws(() => lines("staging"), {
    message:
      'localhost/switchboard/panel:src-1 names no registry, and the context "staging" is no kind, k3d or minikube cluster that could load it',
    todo: 'set the image\'s repository (now localhost/switchboard/panel) to a registry that you can push to and the cluster can pull from; the nodes that "npm run up" starts need no registry and no loading',
  });
});

test("a missing tool is named before anything is built", () => {
  assert.throws(() => loadPlan({ context: "kind-x", images: [panel], found: (tool) => tool === "docker" }), {
    message: 'images cannot be brought into the cluster of the context "kind-x": kind not found on PATH',
  });
  assert.throws(
    () => loadPlan({ context: "kind-x", images: [panel], found: () => false }),
    /docker and kind not found on PATH/,
  );
});
