import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { loadImages } from "../../../cli/images/load";
import { sourceTag } from "../../../components/images/sourceTag";
import { repository } from "../../../lib/paths";
import { project } from "../../support/project";

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
/** What kubectl says of the nodes' processors. */
const answers: Record<string, string> = { kubectl: "arm64 arm64" };
function tool(name: string, exitCode = 0): void {
  const file = join(folder, "bin", name);
  writeFileSync(
    file,
    // Questions (is the engine there, which engines are there) are answered and not written down.
    `#!/bin/sh\ncase "$1" in version|context) exit 0 ;; --context|--kubeconfig) echo "${answers[name] ?? ""}"; exit 0 ;; esac\necho "${name} $* in $PWD, BuildKit $DOCKER_BUILDKIT" >> ${calls}\nexit ${exitCode}\n`,
  );
  chmodSync(file, 0o755);
}
beforeEach(() => {
  writeFileSync(calls, "");
  for (const name of ["docker", "kind", "kubectl"]) tool(name);
});

function stackFile(text: string): string {
  const file = join(folder, "Pulumi.test.yaml");
  writeFileSync(file, text);
  return file;
}
const onKind = `config:
  ${project}:cluster: { kind: existing, context: kind-dev }
  ${project}:postgres: { image: "docker.io/library/postgres:15-bookworm" }
  ${project}:panel: { image: { repository: localhost/switchboard/panel, source: apps/panel } }
`;
const reference = `localhost/switchboard/panel:${sourceTag(join(repository, "apps/panel"))}`;

test("the images of this repository are built and loaded, official ones are left to the cluster", async () => {
  const reported: string[] = [];
  const references = await loadImages(stackFile(onKind), (line) => reported.push(line));
  assert.deepEqual(references, [reference]);
  // The context is a folder of its own that holds the files of the tag.
  const lines = readFileSync(calls, "utf8").replace(/\S+\/(Dockerfile|context)\b/g, "<$1>");
  assert.equal(
    lines,
    `docker build --platform linux/arm64 --tag ${reference} --file <Dockerfile> <context> in ${repository}, BuildKit 1
kind load docker-image ${reference} --name dev in ${repository}, BuildKit 1
`,
  );
  assert.deepEqual(
    reported.map((line) => line.split(" ").slice(0, 3).join(" ")),
    ["$ docker build", "$ kind load"],
  );
});

test("nodes of two processors cannot be served from this machine, and that is said before anything is built", async () => {
  answers.kubectl = "arm64 amd64";
  try {
    tool("kubectl");
    await assert.rejects(
      loadImages(stackFile(onKind), () => {}),
      { message: "panel.image: a cluster of this machine takes one platform, not linux/amd64 and linux/arm64" },
    );
    assert.equal(readFileSync(calls, "utf8"), "");
  } finally {
    answers.kubectl = "arm64 arm64";
  }
});

test("a cluster elsewhere whose nodes do not answer leaves the platform to the settings", async () => {
  answers.kubectl = "";
  try {
    tool("kubectl");
    const elsewhere = onKind.replace("kind-dev", "staging").replace("localhost/", "127.0.0.1:1/");
    await assert.rejects(
      loadImages(stackFile(elsewhere), () => {}),
      { message: "panel.image: which processors the nodes have is not known: the cluster does not answer" },
    );
    const said: string[] = [];
    const named = elsewhere.replace("source: apps/panel", "source: apps/panel, platforms: [arm64]");
    // Nothing listens there, so it cannot be asked; what Docker says to the push counts.
    await loadImages(stackFile(named), (line) => said.push(line));
    assert.match(said[0]!, /^127\.0\.0\.1:1: nothing listens there: it cannot be asked whether /);
    assert.match(readFileSync(calls, "utf8"), /^docker build --platform linux\/arm64 .*\ndocker push 127\.0\.0\.1:1\//);
  } finally {
    answers.kubectl = "arm64 arm64";
  }
});

test("a name without a registry cannot be pushed", async () => {
  await assert.rejects(
    loadImages(stackFile(onKind.replace("kind-dev", "staging")), () => {}),
    {
      message: `${reference} names no registry, and this machine cannot load images into the stack's cluster`,
      todo: 'set panel.image.repository (now localhost/switchboard/panel) to a registry that you can push to and the cluster can pull from. The nodes that "npm run up" starts need no registry',
    },
  );
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
