import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { layerKey } from "../../support/project";

// The flow with executables that play the tools' parts; the images themselves are proven by the end-to-end run.
const folder = mkdtempSync(join(tmpdir(), "images-"));
const path = process.env.PATH;
process.env.SWITCHBOARD_CACHE = join(folder, "cache");
process.env.PATH = [join(folder, "bin"), path].join(delimiter);
after(() => {
  process.env.PATH = path;
  delete process.env.SWITCHBOARD_CACHE;
  rmSync(folder, { recursive: true, force: true });
});
// After the cache is set, because the paths are made on import.
const { ensureImages } = require("../../../sandbox/images") as typeof import("../../../sandbox/images");

const store = join(folder, "cache/images");
const archives = join(store, "archives");
const calls = join(folder, "calls");
const built = join(folder, "built");
mkdirSync(join(folder, "bin"));
function tool(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}
// The namespaces need root; only what runs inside them matters here.
tool("setpriv", 'while [ "$1" != buildah ] && [ "$1" != sh ]; do shift; done\nexec "$@"');
tool("debootstrap", 'echo "debootstrap $*" >> "$CALLS"\nmkdir -p "$3/etc/dpkg/dpkg.cfg.d" "$3/usr/sbin"');
tool(
  "buildah",
  `while [ "\${1#--}" != "$1" ]; do shift 2; done
for last; do :; done
case $1 in
  inspect) grep -qxF "$last" "$BUILT" && echo 0123 ;;
  bud)
    echo "$*" >> "$CALLS"
    case "$*" in *"$FAIL"*) [ -z "$FAIL" ] || { echo 'E: Unable to locate package x'; exit 1; } ;; esac
    while [ "$1" != --tag ]; do shift; done
    echo "$2" >> "$BUILT" ;;
  push) file=\${last#docker-archive:}; echo "\${file#*:}" > "\${file%%:*}" ;;
  rmi) echo "$*" >> "$CALLS" ;;
esac`,
);
process.env.CALLS = calls;
process.env.BUILT = built;
beforeEach(() => {
  process.env.FAIL = "";
  for (const file of [calls, built]) writeFileSync(file, "");
  rmSync(store, { recursive: true, force: true });
});

function ensure(images: Record<string, string>, answers = async () => false) {
  const stackFile = join(folder, "Pulumi.test.yaml");
  const layers = Object.entries(images).map(([layer, image]) => `  ${layerKey(layer)}: { image: ${image} }\n`);
  writeFileSync(stackFile, `config:\n${layers.join("")}`);
  const reported: string[] = [];
  return ensureImages({ stackFile, report: (line) => reported.push(line), answers }).then((result) => ({
    result,
    reported,
  }));
}
const lines = (file: string) => readFileSync(file, "utf8").split("\n").filter(Boolean);
const redis = "docker.io/library/redis:7.0-bookworm";
const nginx = "docker.io/library/nginx:1.22.1";

test("without a registry a stand-in is built on a base, once; the second run builds and asks nothing", async () => {
  const { result, reported } = await ensure({ redis, edge: nginx });
  assert.deepEqual(
    result.map(({ reference }) => reference),
    [redis, nginx],
  );
  for (const { archive, reference } of result) assert.equal(readFileSync(archive, "utf8"), `${reference}\n`);
  assert.equal(
    reported[0],
    `${redis}: its registry does not answer; using the stand-in from Debian packages (Redis 7.0)`,
  );
  const kinds = lines(calls).map((line) =>
    /(?:context-|stand-ins\/)(\w+)(?:-\w+)?\/Dockerfile|^(debootstrap)/.exec(line)?.slice(1).join(""),
  );
  assert.deepEqual(kinds.slice(0, 2), ["debootstrap", "debian"]);
  assert.deepEqual(kinds.slice(2).sort(), ["nginx", "redis"]);
  assert.match(
    lines(calls)[2] ?? "",
    /--pull-never .*--build-arg BASE=localhost\/switchboard-build\/docker\.io_library_debian:/,
  );

  writeFileSync(calls, "");
  assert.deepEqual((await ensure({ redis, edge: nginx })).result, result);
  assert.deepEqual(lines(calls), []);
  // Neither logins nor contexts stay behind.
  assert.deepEqual(
    readdirSync(store).filter((name) => ["tmp", "host", "lock"].includes(name)),
    [],
  );
});

test("where the registry answers, nodes pull official images, and an app is built on the official base", async () => {
  const panel = "{ repository: localhost/switchboard/panel, source: apps/panel }";
  const { result } = await ensure({ redis, panel }, async () => true);
  assert.equal(result.length, 1);
  assert.match(result[0]?.reference ?? "", /^localhost\/switchboard\/panel:src-[0-9a-f]{12}$/);
  assert.equal(lines(calls).length, 1);
  assert.doesNotMatch(lines(calls)[0] ?? "", /--build-arg|--pull-never/);
});

test("a build that fails says why and where the log is, and leaves nothing half; the next run continues", async () => {
  process.env.FAIL = "context-redis";
  await assert.rejects(ensure({ redis }), {
    name: "UserError",
    message: `the image ${redis} could not be built: E: Unable to locate package x`,
    log: join(folder, "cache/logs/image-docker.io_library_redis.log"),
  });
  assert.deepEqual(readdirSync(archives), []);
  assert.deepEqual(
    readdirSync(store).filter((name) => ["tmp", "host", "lock"].includes(name)),
    [],
  );

  process.env.FAIL = "";
  writeFileSync(calls, "");
  await ensure({ redis });
  assert.equal(lines(calls).length, 1, "the base is not built again");
});

test("what a killed run left under temporary names is removed", async () => {
  mkdirSync(join(store, "tmp/context-old"), { recursive: true });
  mkdirSync(archives, { recursive: true });
  writeFileSync(join(archives, "x-0123456789ab.tar.partial"), "half");
  writeFileSync(join(store, "lock"), "4194304 1");
  const { result } = await ensure({ redis });
  assert.deepEqual(
    readdirSync(archives),
    result.map(({ archive }) => basename(archive)),
  );
  assert.equal(existsSync(join(store, "tmp")), false);
});

test("of one repository the three newest archives stay", async () => {
  mkdirSync(archives, { recursive: true });
  for (const version of ["1", "2", "3"]) {
    writeFileSync(join(archives, `docker.io_library_redis-${version.repeat(12)}.tar`), "");
  }
  writeFileSync(join(archives, "docker.io_library_redis_other-111111111111.tar"), "");
  await ensure({ redis });
  assert.equal(readdirSync(archives).filter((file) => file.startsWith("docker.io_library_redis-")).length, 3);
  assert.ok(existsSync(join(archives, "docker.io_library_redis_other-111111111111.tar")));
  assert.match(
    lines(calls).at(-1) ?? "",
    /^rmi localhost\/switchboard-build\/docker\.io_library_redis:(1{12}|2{12}|3{12})$/,
  );
});

test("an image with neither registry nor stand-in is refused with what there is and what to do", async () => {
  await assert.rejects(ensure({ postgres: "mysql:9.4" }), {
    message:
      "postgres.image: docker.io/library/mysql:9.4 is not available: its registry does not answer, and there is no stand-in for it",
    todo: "name an image with a stand-in (a tag of docker.io/library/postgres, docker.io/library/redis, docker.io/edoburu/pgbouncer, docker.io/library/nginx). Or make the registry reachable from this machine, or use a cluster that has the image",
  });
  assert.deepEqual(lines(calls), []);
});
