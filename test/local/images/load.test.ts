import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { sourceTag } from "../../../components/settings/sourceTag";
import { loadImages } from "../../../local/images/load";
import { repository } from "../../../local/support/paths";

// No Docker engine is needed: executables that write down how they are called take the tools' places on PATH.
const folder = mkdtempSync(join(tmpdir(), "load-"));
const path = process.env.PATH;
process.env.PATH = [join(folder, "bin"), path].join(delimiter);
after(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});
const calls = join(folder, "calls");
mkdirSync(join(folder, "bin"));
function tool(name: string, exitCode = 0): void {
  const file = join(folder, "bin", name);
  writeFileSync(
    file,
    `#!/bin/sh\necho "${name} $* in $PWD, BuildKit $DOCKER_BUILDKIT" >> ${calls}\nexit ${exitCode}\n`,
  );
  chmodSync(file, 0o755);
}
beforeEach(() => {
  writeFileSync(calls, "");
  for (const name of ["docker", "kind"]) tool(name);
});

function stackFile(text: string): string {
  const file = join(folder, "Pulumi.test.yaml");
  writeFileSync(file, text);
  return file;
}
const onKind = `config:
  switchboard:cluster: { kind: existing, context: kind-dev }
  switchboard:postgres: { image: "docker.io/library/postgres:15-bookworm" }
  switchboard:panel: { image: { repository: localhost/switchboard/panel, source: apps/panel } }
`;
const reference = `localhost/switchboard/panel:${sourceTag(join(repository, "apps/panel"))}`;

test("the images of this repository are built and loaded, official ones are left to the cluster", async () => {
  const reported: string[] = [];
  await loadImages(stackFile(onKind), (line) => reported.push(line));
  assert.equal(
    readFileSync(calls, "utf8"),
    `docker build --tag ${reference} --file apps/panel/Dockerfile apps/panel in ${repository}, BuildKit 1
kind load docker-image ${reference} --name dev in ${repository}, BuildKit 1
`,
  );
  assert.deepEqual(reported, [
    `$ docker build --tag ${reference} --file apps/panel/Dockerfile apps/panel`,
    `$ kind load docker-image ${reference} --name dev`,
  ]);
});

test("a build that fails ends it before anything is loaded", async () => {
  tool("docker", 3);
  await assert.rejects(
    loadImages(stackFile(onKind), () => {}),
    { message: "docker build ended with exit code 3" },
  );
  assert.doesNotMatch(readFileSync(calls, "utf8"), /^kind/m);
});

test("without a context in the settings the kubeconfig's current one counts", async () => {
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, "apiVersion: v1\nkind: Config\ncurrent-context: kind-other\n");
  process.env.KUBECONFIG = kubeconfig;
  try {
    await loadImages(stackFile(onKind.replace(", context: kind-dev", "")), () => {});
  } finally {
    delete process.env.KUBECONFIG;
  }
  assert.match(readFileSync(calls, "utf8"), /^kind load docker-image \S+ --name other /m);
});

test("a stack without images of this repository needs no tool, and one without a file is refused", async () => {
  const reported: string[] = [];
  await loadImages(stackFile("config: {}\n"), (line) => reported.push(line));
  assert.deepEqual(reported, ["Pulumi.test.yaml names no image that is built from this repository."]);
  await assert.rejects(
    loadImages(join(folder, "Pulumi.none.yaml"), () => {}),
    /there is no stack file Pulumi\.none\.yaml/,
  );
});
