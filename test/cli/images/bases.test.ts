import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { basesOf, unpinnedBases } from "../../../cli/images/bases";
import { repository } from "../../support/plan";

test("every base of the apps has a digest, so that one tag of sources is one image", () => {
  for (const app of readdirSync(join(repository, "apps"))) {
    const dockerfile = readFileSync(join(repository, "apps", app, "Dockerfile"), "utf8");
    assert.ok(basesOf(dockerfile).length > 0, app);
    assert.deepEqual(unpinnedBases(dockerfile), [], app);
  }
});

test("all that a Dockerfile takes from other images is found, and none of its own stages", () => {
  const dockerfile = `
ARG NODE=docker.io/library/node:22
ARG TAG=3
FROM --platform=$BUILDPLATFORM \${NODE} AS Build
ARG TAG=4
COPY --from=ghcr.io/tools/uv:0.8 /uv /bin/
RUN --mount=type=bind,from=busybox:1,target=/b \\
    --mount=type=cache,target=/c true
FROM alpine:$TAG
COPY --from=build /a /b
COPY --from=0 /a /b
FROM scratch
FROM \${OTHER:-debian:12}
`;
  const expected = ["docker.io/library/node:22", "ghcr.io/tools/uv:0.8", "busybox:1", "alpine:3", "debian:12"];
  assert.deepEqual(basesOf(dockerfile), expected);
  assert.deepEqual(unpinnedBases(`FROM a:1@sha256:${"0".repeat(64)}\nFROM b:1\n`), ["b:1"]);
});
