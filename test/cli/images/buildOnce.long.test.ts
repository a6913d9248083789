import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sourceFiles } from "../../../components/images/sourceFiles";
import { Registries } from "../../../components/registry/manifests";
import { BuilderMachine } from "../../support/imageBuilder";
import { type ImageRegistry, type RegistryOptions, startRegistry } from "../../support/imageRegistry";
import { project } from "../../support/project";

// A real registry (Debian's docker-registry) and a real builder (podman), each in folders of its own.
const root = mkdtempSync(join(tmpdir(), "build-once-"));
const running: ImageRegistry[] = [];
after(async () => {
  for (const registry of running) await registry.stop();
  rmSync(root, { recursive: true, force: true });
});
let count = 0;
const folder = () => join(root, String(count++));
async function registry(options?: RegistryOptions): Promise<ImageRegistry> {
  const started = await startRegistry(folder(), options);
  running.push(started);
  return started;
}

/** A stack on GKE whose panel is built from `app`. */
const stack = (repository: string, more = "") => `config:
  ${project}:cluster: { kind: gke, pools: { apps: { machineType: e2-standard-4, min: 1, max: 2 } } }
  ${project}:panel: { image: { repository: "${repository}", source: app${more} } }
`;
const files = (host: string, more?: string) => ({
  "app/Dockerfile": "FROM scratch\nCOPY . /app/\n",
  "app/main.txt": "the program\n",
  "Pulumi.prod.yaml": stack(`${host}/team/panel`, more),
});
const machine = (sources: Record<string, string>, insecure: string[] = []) =>
  new BuilderMachine(folder(), sources, insecure);
const pushes = ({ requests }: ImageRegistry) => requests.filter((line) => /^(PUT|POST|PATCH)/.test(line));
const registriesOf = () => new Registries({ env: {}, home: root });

test("of two clean builders the second builds and pushes nothing, and both name one digest", async () => {
  const place = await registry({ immutable: true });
  const first = await machine(files(place.host)).images("prod");
  assert.equal(first.exitCode, 0, first.output);
  assert.match(first.references.join(), new RegExp(`^${place.host}/team/panel:src-[0-9a-f]{12}@sha256:[0-9a-f]{64}$`));
  place.requests.length = 0;

  const other = machine(files(place.host));
  const second = await other.images("prod");
  assert.equal(second.exitCode, 0, second.output);
  assert.deepEqual(second.references, first.references);
  assert.match(second.output, /is there, neither built nor pushed/);
  assert.deepEqual(pushes(place), []);
  assert.deepEqual(await other.built(), []);
});

test("a base that moved in between changes nothing for what is there", async () => {
  const bases = await registry();
  const place = await registry({ immutable: true });
  const sources = {
    ...files(place.host),
    "app/Dockerfile": `ARG BASE=${bases.host}/base:1\nFROM \${BASE}\nCOPY . /app/\n`,
  };
  const baker = machine({ "base/Dockerfile": "FROM scratch\nCOPY . /\n", "base/version": "1\n" }, [bases.host]);
  const bake = async (version: string) => {
    baker.write({ "base/version": `${version}\n` });
    const base = `${bases.host}/base:1`;
    for (const args of [
      ["build", "--tag", base, "base"],
      ["push", "--tls-verify=false", base],
    ]) {
      const { all, exitCode } = await baker.run("podman", args);
      assert.equal(exitCode, 0, all);
    }
    return registriesOf().digestOf(base);
  };
  const before = await bake("1");
  const first = await machine(sources, [bases.host]).images("prod");
  assert.equal(first.exitCode, 0, first.output);
  assert.notEqual(await bake("2"), before);
  const second = await machine(sources, [bases.host]).images("prod");
  assert.equal(second.exitCode, 0, second.output);
  assert.deepEqual(second.references, first.references);
});

test("a registry with a password is asked and filled with the person's own login", async () => {
  const login = { username: "deployer", password: "correct:horse" };
  const place = await registry({ immutable: true, login });
  const [first, second, stranger] = [
    machine(files(place.host)),
    machine(files(place.host)),
    machine(files(place.host)),
  ];
  for (const each of [first, second]) each.logIn(place.host, login.username, login.password);
  const references = (await first.images("prod")).references;
  assert.equal(references.length, 1);
  place.requests.length = 0;
  assert.deepEqual((await second.images("prod")).references, references);
  assert.deepEqual(pushes(place), []);

  const refused = await stranger.images("prod");
  assert.equal(refused.exitCode, 1);
  assert.match(refused.output, /it wants a login, and there is none for it on this machine/);
  assert.ok(!refused.output.includes(login.password));
});

test("a builder that finds the tag taken by a faster one takes theirs", async () => {
  let race: (() => Promise<void>) | undefined;
  const place = await registry({
    immutable: true,
    before: async (method, path) => {
      // While the slower one already pushes.
      if (method !== "POST" || !path.includes("/blobs/uploads/")) return undefined;
      const now = race;
      race = undefined;
      await now?.();
      return undefined;
    },
  });
  const [slow, fast] = [machine(files(place.host)), machine(files(place.host))];
  let theirs: string[] = [];
  race = async () => {
    theirs = (await fast.images("prod")).references;
  };
  const mine = await slow.images("prod");
  assert.equal(mine.exitCode, 0, mine.output);
  assert.equal(theirs.length, 1);
  assert.deepEqual(mine.references, theirs);
  assert.match(mine.output, /another builder was faster, its image is taken/);
});

test("from one registry to the next the digest stays, and nothing is built", async () => {
  const [dev, prod] = [await registry({ immutable: true }), await registry({ immutable: true })];
  const built = await machine(files(dev.host)).images("prod");
  assert.equal(built.exitCode, 0, built.output);
  const digest = built.references[0]!.split("@")[1];

  const next = machine(files(prod.host, `, copyFrom: "${dev.host}/team/panel"`));
  const copied = await next.images("prod");
  assert.equal(copied.exitCode, 0, copied.output);
  assert.equal(copied.references[0]!.split("@")[1], digest);
  assert.deepEqual(await next.built(), []);
  // What arrived is whole: another builder's podman can pull and read it.
  const reader = machine({});
  const reference = copied.references[0]!.replace(/:src-[0-9a-f]+/, "");
  const pulled = await reader.run("podman", ["pull", "--tls-verify=false", reference]);
  assert.equal(pulled.exitCode, 0, pulled.all);
  prod.requests.length = 0;
  assert.deepEqual(
    (await machine(files(prod.host, `, copyFrom: "${dev.host}/team/panel"`)).images("prod")).references,
    copied.references,
  );
  assert.deepEqual(pushes(prod), []);

  const untried = machine({
    ...files(prod.host, `, copyFrom: "${dev.host}/team/panel"`),
    "app/main.txt": "never tried\n",
  });
  const refused = await untried.images("prod");
  assert.equal(refused.exitCode, 1);
  assert.match(refused.output, /is not there, and panel\.image\.copyFrom says that this image is copied from there/);
});

test("within one registry blobs are mounted, and an index goes over with every image of it", async () => {
  const place = await registry();
  const maker = machine(files(place.host));
  maker.write(files(`${place.host}/dev`, ", platforms: [amd64, arm64]"));
  const built = await maker.images("prod");
  assert.equal(built.exitCode, 0, built.output);
  const platforms = await registriesOf().platformsOf(built.references[0]!);
  assert.deepEqual(platforms?.sort(), ["linux/amd64", "linux/arm64"]);

  place.requests.length = 0;
  const next = machine(
    files(`${place.host}/prod`, `, platforms: [arm64, amd64], copyFrom: "${place.host}/dev/team/panel"`),
  );
  const copied = await next.images("prod");
  assert.equal(copied.exitCode, 0, copied.output);
  assert.equal(copied.references[0]!.split("@")[1], built.references[0]!.split("@")[1]);
  assert.deepEqual(
    place.requests.filter((line) => line.startsWith("PATCH")),
    [],
  );
});

test("an image holds the files of its tag, and nothing of what lies beside them", async () => {
  const place = await registry();
  const beside = { "app/.DS_Store": "x", "app/.env": "SECRET=1", "app/src/.main.txt.swp": "x", "app/notes.md": "x" };
  const maker = machine({
    ...files(place.host),
    ...beside,
    "app/.dockerignore": "*.md\nDockerfile\n.dockerignore\n",
    "app/src/a.txt": "line\r\nline\r\n",
  });
  const { references, output } = await maker.images("prod");
  assert.equal(references.length, 1, output);
  assert.equal(
    (await maker.run("podman", ["save", "--output", "image.tar", references[0]!.split("@")[0]!])).exitCode,
    0,
  );
  mkdirSync(join(maker.checkout, "image"));
  execFileSync("tar", ["-xf", "image.tar", "-C", "image"], { cwd: maker.checkout });
  const [{ Layers: layers }] = JSON.parse(readFileSync(join(maker.checkout, "image/manifest.json"), "utf8"));
  const listed = layers.map((layer: string) =>
    execFileSync("tar", ["-tf", join("image", layer)], { cwd: maker.checkout, encoding: "utf8" }),
  );
  const inside = listed
    .join("")
    .split("\n")
    .filter((line: string) => line !== "" && !line.endsWith("/"));
  const hashed = sourceFiles(join(maker.checkout, "app")).files.map(({ path }) => `app/${path}`);
  assert.deepEqual(inside.sort(), hashed.sort());
  assert.deepEqual(inside, ["app/main.txt", "app/src/a.txt"]);
  const text = execFileSync("tar", ["-xOf", join("image", layers.at(-1)), "app/src/a.txt"], { cwd: maker.checkout });
  assert.equal(text.toString(), "line\nline\n");
});

test("an image for other processors than the nodes' is told, not deployed", async () => {
  const place = await registry({ immutable: true });
  const built = await machine(files(place.host)).images("prod");
  assert.equal(built.exitCode, 0, built.output);
  const eks = machine({
    ...files(place.host),
    "Pulumi.prod.yaml": stack(`${place.host}/team/panel`).replace("gke", "eks").replace("e2-standard-4", "m7g.large"),
  });
  const told = await eks.images("prod");
  assert.equal(told.exitCode, 1);
  assert.match(told.output, /for linux\/amd64, but nodes of this stack need linux\/arm64/);
});
