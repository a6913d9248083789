import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuilderName } from "../../../cli/images/builders";
import { deliveryOf, type Machine, type Place } from "../../../cli/images/loadPlan";

const panel = "localhost/switchboard/panel:src-1";
const chat = "localhost/switchboard/chat:src-2";
const both = `${panel} ${chat}`;

interface Given {
  readonly builder?: BuilderName;
  readonly images?: readonly string[];
  readonly engines?: readonly string[];
  readonly found?: (program: string) => boolean;
  readonly root?: boolean;
}

/** What brings images there, a line each; the builder's options first. */
async function plan(place: Place, given: Given = {}): Promise<string[] | undefined> {
  const {
    builder = "docker",
    images = [panel, chat],
    engines = [],
    found = (name) => name !== "k3s",
    root = true,
  } = given;
  const machine: Machine = {
    found,
    root,
    builder: async () => builder,
    dockerContexts: async () => engines,
    addresses: ["192.0.2.1"],
  };
  const archiveOf = (reference: string) => `/tmp/${reference.split(":")[1]}.tar`;
  const delivery = await deliveryOf(place, machine, images, archiveOf);
  return (
    delivery && [
      [delivery.builder.name, ...(delivery.builder.options ?? [])].join(" "),
      ...delivery.commands.map((command) => command.join(" ")),
    ]
  );
}

test("kind, k3d and minikube clusters load from Docker, by the name in the context", async () => {
  assert.deepEqual(await plan({ context: "kind-my-team" }), [
    "docker",
    `kind load docker-image ${both} --name my-team`,
  ]);
  assert.deepEqual(await plan({ context: "k3d-one" }), ["docker", `k3d image import ${both} --cluster one`]);
  assert.deepEqual(await plan({ context: "minikube" }), ["docker", `minikube image load ${both} --profile minikube`]);
});

test("a minikube profile is told by what minikube writes into the kubeconfig", async () => {
  const place = { context: "team", provider: "minikube.sigs.k8s.io" };
  assert.deepEqual(await plan(place), ["docker", `minikube image load ${both} --profile team`]);
  assert.equal(await plan({ context: "team" }), undefined);
});

test("what podman and nerdctl build gets there as an archive", async () => {
  assert.deepEqual(await plan({ context: "kind-a" }, { builder: "podman" }), [
    "podman",
    `podman save --format docker-archive --output /tmp/src-1.tar ${panel}`,
    "kind load image-archive /tmp/src-1.tar --name a",
    `podman save --format docker-archive --output /tmp/src-2.tar ${chat}`,
    "kind load image-archive /tmp/src-2.tar --name a",
  ]);
  assert.deepEqual(await plan({ context: "k3d-a" }, { builder: "nerdctl", images: [panel] }), [
    "nerdctl",
    `nerdctl save --output /tmp/src-1.tar ${panel}`,
    "k3d image import /tmp/src-1.tar --cluster a",
  ]);
  assert.deepEqual(await plan({ context: "minikube" }, { builder: "podman", images: [panel] }), [
    "podman",
    `podman save --format docker-archive --output /tmp/src-1.tar ${panel}`,
    "minikube image load /tmp/src-1.tar --profile minikube",
  ]);
});

test("clusters that share an engine's images need no loading, and the right engine builds", async () => {
  const engines = ["default", "desktop-linux", "orbstack", "colima", "colima-work", "rancher-desktop"];
  for (const [context, line] of Object.entries({
    "docker-desktop": "docker --context desktop-linux",
    "rancher-desktop": "docker --context rancher-desktop",
    orbstack: "docker --context orbstack",
    colima: "docker --context colima",
    "colima-work": "docker --context colima-work",
  })) {
    assert.deepEqual(await plan({ context }, { engines }), [line], context);
    // On Linux, or with DOCKER_HOST, there is only the one.
    assert.deepEqual(await plan({ context }), ["docker"], context);
  }
  for (const context of ["rancher-desktop", "colima"]) {
    assert.deepEqual(await plan({ context }, { builder: "nerdctl" }), ["nerdctl --namespace k8s.io"]);
  }
});

test("a builder whose images such a cluster does not see is refused with what to start", async () => {
  for (const [context, name] of [
    ["docker-desktop", "Docker Desktop"],
    ["orbstack", "OrbStack"],
    ["colima", "Colima"],
  ]) {
    await assert.rejects(plan({ context: context! }, { builder: "podman" }), {
      message: `the ${name} cluster of the context "${context}" does not see the images of podman`,
    });
  }
});

test("k3s and MicroK8s of this machine import an archive, as root", async () => {
  const here = { context: "default", server: "https://127.0.0.1:6443" };
  const found = () => true;
  assert.deepEqual(await plan(here, { found, images: [panel], root: false }), [
    "docker",
    `docker save --output /tmp/src-1.tar ${panel}`,
    "sudo k3s ctr images import /tmp/src-1.tar",
  ]);
  assert.deepEqual(await plan(here, { found, images: [panel], builder: "podman" }), [
    "podman",
    `podman save --format docker-archive --output /tmp/src-1.tar ${panel}`,
    "k3s ctr images import /tmp/src-1.tar",
  ]);
  const other = { context: "microk8s", server: "https://127.0.0.1:16443" };
  assert.equal((await plan(other, { found, images: [panel] }))?.at(-1), "microk8s ctr image import /tmp/src-1.tar");
  assert.deepEqual((await plan({ ...here, server: "https://192.0.2.1:6443" }, { found, images: [panel] }))?.length, 3);
  // The same program, and a cluster that is elsewhere: its nodes have nothing of this machine.
  assert.equal(await plan({ ...here, server: "https://192.0.2.7:6443" }, { found }), undefined);
  // With a registry in the name it pulls like any cluster.
  assert.equal(await plan(here, { found, images: ["registry.example/panel:1"] }), undefined);
});

test("every other cluster, also one that is made later, pulls", async () => {
  for (const context of ["gke_project_zone_name", "my-kind-1", "docker-desktop-2", undefined]) {
    assert.equal(await plan({ context }), undefined);
  }
});

test("a missing tool is named before anything is built", async () => {
  await assert.rejects(plan({ context: "kind-x" }, { found: (tool) => tool === "docker" }), {
    message: 'images cannot be brought into the kind cluster of the context "kind-x": kind not found on PATH',
  });
  await assert.rejects(
    plan({ context: "default", server: "https://127.0.0.1:6443" }, { found: (tool) => tool !== "sudo", root: false }),
    /sudo not found on PATH/,
  );
});
