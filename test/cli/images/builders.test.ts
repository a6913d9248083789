import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Build,
  type BuilderName,
  buildCommand,
  findBuilder,
  multiPlatformCommands,
  pushCommand,
} from "../../../cli/images/builders";

const build: Build = {
  reference: "registry.example/panel:src-1",
  dockerfile: "/b/Dockerfile",
  folder: "/b/context",
  platforms: ["linux/amd64"],
  fromScratch: false,
};
const mixed = { ...build, platforms: ["linux/amd64", "linux/arm64"] };
const line = (command: readonly string[]) => command.join(" ");

test("every builder is told the platform", () => {
  for (const name of ["docker", "podman", "nerdctl"] as BuilderName[]) {
    assert.equal(
      line(buildCommand({ name }, build)),
      `${name} build --platform linux/amd64 --tag registry.example/panel:src-1 --file /b/Dockerfile /b/context`,
    );
    assert.equal(line(pushCommand({ name }, build.reference)), `${name} push registry.example/panel:src-1`);
  }
  assert.equal(
    line(buildCommand({ name: "docker", options: ["--context", "orbstack"] }, build)).slice(0, 30),
    "docker --context orbstack buil",
  );
});

test("a mixed cluster gets one index of both platforms from any builder", () => {
  assert.deepEqual(multiPlatformCommands({ name: "docker" }, mixed).map(line), [
    "docker buildx build --platform linux/amd64,linux/arm64 --tag registry.example/panel:src-1 --file /b/Dockerfile --push /b/context",
  ]);
  assert.deepEqual(multiPlatformCommands({ name: "nerdctl" }, mixed).map(line), [
    "nerdctl build --platform linux/amd64,linux/arm64 --tag registry.example/panel:src-1 --file /b/Dockerfile /b/context",
    "nerdctl push --all-platforms registry.example/panel:src-1",
  ]);
  const list = `localhost/switchboard-index/${process.pid}-panel:src-1`;
  assert.deepEqual(multiPlatformCommands({ name: "podman" }, mixed).map(line), [
    `podman build --platform linux/amd64,linux/arm64 --manifest ${list} --file /b/Dockerfile /b/context`,
    `podman manifest push --all ${list} docker://registry.example/panel:src-1`,
    `podman manifest rm ${list}`,
  ]);
});

test("a registry of this machine needs no TLS, with podman either", () => {
  assert.equal(
    line(pushCommand({ name: "podman" }, "localhost:5000/a:1")),
    "podman push --tls-verify=false localhost:5000/a:1",
  );
  assert.equal(line(pushCommand({ name: "docker" }, "localhost:5000/a:1")), "docker push localhost:5000/a:1");
});

test("the builder is the first that is there and answers", async () => {
  const find = (there: string[], answering: string[]) =>
    findBuilder(
      (program) => there.includes(program),
      async ([program]) => answering.includes(program),
    );
  assert.equal(await find(["docker", "podman"], ["docker", "podman"]), "docker");
  // Docker's client alone: its engine is away.
  assert.equal(await find(["docker", "podman"], ["podman"]), "podman");
  assert.equal(await find(["nerdctl"], ["nerdctl"]), "nerdctl");
  await assert.rejects(find(["docker"], []), {
    message: "images cannot be built: docker is installed and cannot reach its engine",
  });
  await assert.rejects(find([], []), {
    message: "images cannot be built: none of docker, podman, nerdctl was found on PATH",
  });
});
