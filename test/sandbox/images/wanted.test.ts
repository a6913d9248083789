import assert from "node:assert/strict";
import { test } from "node:test";
import { fullReference, repositoryOf } from "../../../components/registry/reference";
import { layersIn } from "../../../engine/stack/stackFile";
import { wantedImages } from "../../../sandbox/images/wanted";
import { project } from "../../support/project";

const stack = `
config:
  pulumi:disable-default-providers: [kubernetes]
  other:panel: { image: not/ours:1 }
  ${project}:postgres: { kind: inCluster, image: "postgres:15-bookworm" }
  ${project}:panel:
    image: { repository: localhost/switchboard/panel, source: apps/panel }
    sidecar: { image: registry.example:5000/team/log:2 }
  ${project}:workers: { image: { repository: localhost/switchboard/panel, source: apps/panel } }
  ${project}:edge: { image: { secure: AAABAH } }
  ${project}:chat:
`;

test("every image below this project's layers is found once, in the order of the file", () => {
  assert.deepEqual(
    wantedImages(layersIn(stack, "Pulumi.x.yaml"), (source) => `src-of-${source.replace("/", "-")}`),
    [
      { reference: "docker.io/library/postgres:15-bookworm", setting: "postgres.image" },
      { reference: "localhost/switchboard/panel:src-of-apps-panel", source: "apps/panel", setting: "panel.image" },
      { reference: "registry.example:5000/team/log:2", setting: "panel.sidecar.image" },
    ],
  );
});

test("a file without config wants nothing; one that is not YAML is refused by name", () => {
  assert.deepEqual(wantedImages(layersIn("", "f"), String), []);
  assert.throws(
    () => layersIn("config: [", "Pulumi.x.yaml"),
    /^UserError: Pulumi\.x\.yaml is no YAML that Pulumi reads: /,
  );
});

test("references are expanded as container runtimes expand them", () => {
  const cases = {
    "redis:7": "docker.io/library/redis:7",
    "team/app:1": "docker.io/team/app:1",
    "localhost/app:1": "localhost/app:1",
    "host:5000/app": "host:5000/app",
    "ghcr.io/a/b:1": "ghcr.io/a/b:1",
  };
  for (const [short, full] of Object.entries(cases)) assert.equal(fullReference(short), full);
});

test("a repository is a reference without tag and digest", () => {
  assert.equal(repositoryOf("host:5000/app"), "host:5000/app");
  assert.equal(repositoryOf("host:5000/app:1"), "host:5000/app");
  assert.equal(repositoryOf("a/b:1@sha256:00"), "a/b");
});
