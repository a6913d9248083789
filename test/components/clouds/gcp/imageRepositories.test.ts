import assert from "node:assert/strict";
import { test } from "node:test";
import { otherRepositories } from "../../../../components/clouds/gcp/imageRepositories";
import { gkeAlone, gkeSettings } from "./alone";

const member = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember";

test("a repository of another project is found in the name of the image", () => {
  const cases: [image: string, found: string[]][] = [
    ["europe-west1-docker.pkg.dev/acme-prod/shop/panel", []],
    ["europe-docker.pkg.dev/acme-images/shop/team/panel", ["acme-images europe shop"]],
    ["us-docker.pkg.dev/acme.com/images/shop/panel", ["acme.com:images us shop"]],
    ["docker.io/library/postgres", []],
    ["gcr.io/cloud-sql-connectors/cloud-sql-proxy", []],
    ["registry.example/acme-images/shop/panel", []],
    ["europe-docker.pkg.dev/acme-images", []],
  ];
  for (const [image, found] of cases) {
    const all = otherRepositories([image, image], "acme-prod");
    assert.deepEqual(
      all.map(({ project, location, repository }) => `${project} ${location} ${repository}`),
      found,
    );
  }
});

test("the nodes may read such a repository, and no more of that project", async () => {
  const images = ["europe-docker.pkg.dev/acme-images/shop/panel", "europe-docker.pkg.dev/acme-images/shop/chat"];
  const plan = await gkeAlone(gkeSettings(), { images });
  const [grant, ...more] = plan.of(member);
  assert.equal(more.length, 0);
  const { project, location, repository, role, member: who } = grant!.inputs as Record<string, unknown>;
  assert.deepEqual(
    [project, location, repository, role],
    ["acme-images", "europe", "shop", "roles/artifactregistry.reader"],
  );
  assert.match(String(who), /^serviceAccount:switchboard-test-nodes@/);
  for (const pool of plan.of("gcp:container/nodePool:NodePool")) assert.ok(pool.dependencies.includes(grant!.urn));
});

test("where somebody else sees to it nothing is granted", async () => {
  const images = ["europe-docker.pkg.dev/acme-images/shop/panel"];
  assert.equal((await gkeAlone(gkeSettings({ grantRepositories: false }), { images })).of(member).length, 0);
});
