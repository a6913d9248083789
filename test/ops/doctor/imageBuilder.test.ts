import assert from "node:assert/strict";
import { test } from "node:test";
import { imageBuilder } from "../../../ops/doctor/checks/imageBuilder";
import type { Answer, Subject, World } from "../../../ops/doctor/model";
import { notInstalled, printed, refused } from "./worlds";

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
  assert.match((await ask({ [docker]: printed("28.2.2") as Answer })).what, /^docker 28\.2\.2 builds images$/);
  const client = refused("Cannot connect to the Docker daemon");
  assert.match(
    (await ask({ [docker]: client, [podman]: printed("5.6.2") as Answer })).what,
    /^podman 5\.6\.2 builds images$/,
  );
  assert.deepEqual(await ask({ [nerdctl]: printed("[]") as Answer }), { status: "ok", what: "nerdctl builds images" });
});

test("buildx is asked for where nodes have two processors, and only there", async () => {
  const mixed = ["m7i.large", "m7g.large"];
  const without = {
    [docker]: printed("28.2.2") as Answer,
    "docker buildx version": refused("is not a docker command"),
  };
  assert.equal((await ask(without)).status, "ok");
  const told = await ask(without, mixed);
  assert.equal(told.status, "failed");
  assert.match(told.what, /the nodes are amd64 and arm64, and images for both need docker buildx/);
  assert.equal((await ask({ [podman]: printed("5.6.2") as Answer }, mixed)).status, "ok");
});
