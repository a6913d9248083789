import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { repository } from "../../../lib/paths";
import {
  baseStandIns,
  dockerfileBases,
  recipe,
  serverStandIns,
  sourceFolder,
  standInOf,
  standInRecipe,
  versionStandIns,
} from "../../../sandbox/images/recipes";

const folder = mkdtempSync(join(tmpdir(), "recipes-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const committed = join(repository, "sandbox/images/stand-ins");
cpSync(committed, join(folder, "stand-ins"), { recursive: true });
const standIns = { ...baseStandIns, ...versionStandIns, ...serverStandIns };
const sources = { standIns: join(folder, "stand-ins"), pullable: () => false, architecture: "amd64" };

test("every stand-in has a folder and says in a label that it is one; every folder is used", () => {
  assert.deepEqual(
    readdirSync(committed).sort(),
    Object.values(standIns)
      .map(({ folder }) => folder)
      .sort(),
  );
  for (const [reference, { folder, program }] of Object.entries(standIns)) {
    const short = reference.replace("docker.io/library/", "");
    const dockerfile = readFileSync(join(committed, folder, "Dockerfile"), "utf8");
    assert.match(dockerfile, new RegExp(`org.opencontainers.image.description="Switchboard stand-in for ${short}, `));
    // The number that a person is told is the number of what is in it.
    const [, version] = / (\d+)/.exec(program)!;
    assert.match(dockerfile, new RegExp(folder === "debian" ? "bookworm" : `${version}`));
  }
});

test("every base that a Dockerfile of this repository names has a stand-in", () => {
  const dockerfiles = [
    ...["panel", "chat"].map((app) => join(repository, "apps", app, "Dockerfile")),
    ...Object.values(standIns).map(({ folder }) => join(committed, folder, "Dockerfile")),
  ];
  for (const file of dockerfiles) {
    for (const base of dockerfileBases(readFileSync(file, "utf8"))) {
      assert.ok(standInOf(base.reference.split("@")[0]!), `${file} names ${base.reference}, which has no stand-in`);
    }
  }
});

test("bases are the image arguments before the first FROM", () => {
  const dockerfile = "ARG VERSION=1\nARG BASE=docker.io/library/a:1\nFROM $BASE\nARG OTHER=docker.io/library/b:1\n";
  assert.deepEqual(dockerfileBases(dockerfile), [{ argument: "BASE", reference: "docker.io/library/a:1" }]);
});

test("the panel stands on the Node.js and the Debian stand-in; where bases can be pulled it stands on none", () => {
  const panel = join(repository, "apps/panel");
  const local = recipe("localhost/switchboard/panel:t", panel, sources);
  assert.deepEqual(
    local.bases.map((base) => [base.argument, base.recipe.reference]),
    [
      ["BASE", "docker.io/library/node:22-bookworm-slim"],
      ["RUNTIME", "docker.io/library/debian:bookworm-slim"],
    ],
  );
  assert.equal(local.pulls, false);
  const pulled = recipe("localhost/switchboard/panel:t", panel, { ...sources, pullable: () => true });
  assert.deepEqual([pulled.bases, pulled.pulls], [[], true]);
  assert.notEqual(pulled.key, local.key);
  assert.equal(local.archive, `localhost_switchboard_panel-${local.key}.tar`);
});

test("a key changes with a file, the base, the processor and the reference, and with nothing else", () => {
  const keyOf = (change = {}) => standInRecipe("docker.io/library/redis:7.0-bookworm", { ...sources, ...change })?.key;
  const before = keyOf();
  assert.equal(keyOf(), before);
  assert.notEqual(keyOf({ architecture: "arm64" }), before);

  const own = join(folder, "own");
  mkdirSync(own);
  writeFileSync(join(own, "Dockerfile"), "FROM scratch\n");
  assert.notEqual(recipe("a:1", own, sources).key, recipe("a:2", own, sources).key);

  writeFileSync(join(folder, "stand-ins/debian/prepare.sh"), "# another base\n");
  assert.notEqual(keyOf(), before);
});

test("a server's stand-in is for any version that a stack names; a base's is for one, and a digest has none", () => {
  for (const version of ["15-bookworm", "17.6-bookworm", "99"]) {
    const reference = `docker.io/library/postgres:${version}`;
    assert.equal(standInRecipe(reference, sources)?.reference, reference);
  }
  assert.equal(standInRecipe("docker.io/library/node:24", sources), undefined);
  assert.equal(standInRecipe("docker.io/library/mysql:9", sources), undefined);
  assert.equal(standInRecipe(`docker.io/library/postgres:17.6@sha256:${"0".repeat(64)}`, sources), undefined);
});

test("a source must be a folder of this repository with a Dockerfile", () => {
  assert.equal(sourceFolder("apps/chat"), join(repository, "apps/chat"));
  for (const bad of ["../elsewhere", "apps/none", ".", "docs"]) {
    assert.throws(() => sourceFolder(bad), /there is no Dockerfile in such a folder of this repository/);
  }
});
