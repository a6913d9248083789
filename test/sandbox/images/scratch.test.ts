import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { scratchImage } from "../../../sandbox/images/scratch";

const folder = mkdtempSync(join(tmpdir(), "scratch-image-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  "/usr/bin/tool": { content: "#!/bin/true\n" },
  "/etc/tool.conf": { content: "on\n", mode: 0o644 },
  "/tmp/.keep": { content: "" },
};
const name = "localhost/switchboard/tool:1.0";

test("the same input gives the same bytes, and no temporary file stays", () => {
  const digests = ["a.tar", "b.tar"].map((file) =>
    scratchImage({ name, files, entrypoint: ["/usr/bin/tool"], out: join(folder, "same", file) }),
  );
  assert.equal(digests[0], digests[1]);
  assert.match(digests[0] ?? "", /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(readFileSync(join(folder, "same/a.tar")), readFileSync(join(folder, "same/b.tar")));
  assert.deepEqual(readdirSync(join(folder, "same")), ["a.tar", "b.tar"]);
});

test("tar reads the archive: OCI layout, docker manifest, and a layer with owners and modes", () => {
  const out = join(folder, "image.tar");
  const digest = scratchImage({ name, files, entrypoint: ["/usr/bin/tool"], command: ["-v"], user: "1000", out });
  const unpack = (file: string) => execFileSync("tar", ["-xOf", out, file], { encoding: "buffer" });
  const parse = (file: string) => JSON.parse(unpack(file).toString());

  const [entry] = parse("index.json").manifests;
  assert.equal(entry.digest, digest);
  assert.equal(entry.annotations["io.containerd.image.name"], name);
  const [docker] = parse("manifest.json");
  assert.deepEqual(docker.RepoTags, [name]);
  const config = parse(docker.Config);
  assert.deepEqual(config.config.Entrypoint, ["/usr/bin/tool"]);
  assert.deepEqual(config.config.Cmd, ["-v"]);
  assert.equal(config.config.User, "1000");

  const layer = join(folder, "layer.tar");
  writeFileSync(layer, unpack(docker.Layers[0]));
  const listing = execFileSync("tar", ["-tvf", layer, "--numeric-owner"], { encoding: "utf8" });
  const lines = listing.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => `${line.slice(0, 10)} ${line.split(/\s+/)[1]} ${line.split(/\s+/).at(-1)}`),
    [
      "drwxr-xr-x 0/0 etc/",
      "-rw-r--r-- 0/0 etc/tool.conf",
      "drwxrwxrwt 0/0 tmp/",
      "-rwxr-xr-x 0/0 tmp/.keep",
      "drwxr-xr-x 0/0 usr/",
      "drwxr-xr-x 0/0 usr/bin/",
      "-rwxr-xr-x 0/0 usr/bin/tool",
    ],
  );
  assert.equal(execFileSync("tar", ["-xOf", layer, "usr/bin/tool"], { encoding: "utf8" }), "#!/bin/true\n");
});

test("a path that is not absolute, or a file with two contents, is an error that names it", () => {
  const out = join(folder, "bad.tar");
  assert.throws(
    () => scratchImage({ name, files: { "../up": { content: "" } }, entrypoint: [], out }),
    /image file "\.\.\/up": must be an absolute, plain path/,
  );
  assert.throws(
    () => scratchImage({ name, files: { "/a": { content: "", from: "/etc/hostname" } }, entrypoint: [], out }),
    /image file \/a: needs exactly one of "from" and "content"/,
  );
});
