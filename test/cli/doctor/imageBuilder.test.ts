import assert from "node:assert/strict";
import { test } from "node:test";
import { imageBuilder } from "../../../cli/doctor/checks/imageBuilder";
import type { Subject } from "../../../cli/doctor/subject";
import type { Answer, World } from "../../../components/clouds/shared/doctor/model";
import { notInstalled, printed, refused } from "./fakeHosts";

const docker = "docker version --format {{.Server.Version}}";
const podman = "podman version --format {{.Client.Version}}";
const nerdctl = "nerdctl version --format {{.Server.Components}}";

function ask(answers: Readonly<Record<string, Answer>>, machineTypes = ["m7i.large"]) {
  const pools = Object.fromEntries(machineTypes.map((machineType, index) => [`pool${index}`, { machineType }]));
  const subject = { settings: { cluster: { kind: "eks", pools } } } as unknown as Subject;
  const world = {
    run: async (program: string, ...args: string[]) => answers[[program, ...args].join(" ")] ?? notInstalled,
  } as unknown as World;
  return imageBuilder(subject, world);
}

test("the builder that an up would use is the one that is looked for", async () => {
  assert.match(
    (await ask({ [docker]: printed("28.2.2") as Answer, "docker buildx version": printed("v0.30.1") as Answer })).what,
    /^docker 28\.2\.2 builds images$/,
  );
  const client = refused("Cannot connect to the Docker daemon");
  assert.match(
    (await ask({ [docker]: client, [podman]: printed("5.6.2") as Answer })).what,
    /^podman 5\.6\.2 builds images$/,
  );
  assert.deepEqual(await ask({ [nerdctl]: printed("[]") as Answer }), { status: "ok", what: "nerdctl builds images" });
});

test("Docker builds with buildx: from version 23 on always, before that for two processors", async () => {
  const mixed = ["m7i.large", "m7g.large"];
  const without = (version: string) => ({
    [docker]: printed(version) as Answer,
    "docker buildx version": refused("is not a docker command"),
  });
  assert.equal((await ask(without("20.10.24"))).status, "ok");
  for (const told of [await ask(without("28.2.2")), await ask(without("20.10.24"), mixed)]) {
    assert.equal(told.status, "failed");
    assert.match(told.what, /^docker has no buildx/);
    assert.match(told.todo!, /docker-buildx-plugin/);
  }
  assert.match((await ask(without("20.10.24"), mixed)).what, /images for amd64 and arm64 need/);
  const there = { ...without("28.2.2"), "docker buildx version": printed("v0.30.1") as Answer };
  assert.equal((await ask(there, mixed)).status, "ok");
  assert.equal((await ask({ [podman]: printed("5.6.2") as Answer }, mixed)).status, "ok");
});

test("without a builder that answers it is said what each said, and that the registry may have the images already", async () => {
  const silent = await ask({ [docker]: refused("Cannot connect to the Docker daemon") });
  assert.equal(silent.status, "failed");
  assert.match(silent.what, /^no builder of images answers: docker: .*Cannot connect/);
  const none = await ask({});
  assert.match(none.what, /^docker, podman and nerdctl are not installed/);
  assert.match(none.todo!, /an image in the registry is not built again/);
});
