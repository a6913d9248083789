import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newerTags, readImage } from "../../../cli/versions/tags";

const digest = `sha256:${"a".repeat(64)}`;

describe("an image's name tells product, version, line and system", () => {
  for (const [reference, product, version, suffix, line, system] of [
    ["docker.io/library/postgres:17.6-bookworm", "Postgres", "17.6", "bookworm", "17", "Debian bookworm"],
    [`docker.io/library/postgres:17.6-bookworm@${digest}`, "Postgres", "17.6", "bookworm", "17", "Debian bookworm"],
    ["postgres:16", "Postgres", "16", "", "16", undefined],
    [
      "ghcr.io/cloudnative-pg/postgresql:17.6-202510-standard-trixie",
      "Postgres",
      "17.6",
      "202510-standard-trixie",
      "17",
      "Debian trixie",
    ],
    ["redis:7.2.11-alpine3.21", "Redis", "7.2.11", "alpine3.21", "7.2", "Alpine 3.21"],
    ["docker.io/valkey/valkey:8.1.5", "Valkey", "8.1.5", "", "8.1", undefined],
    ["nginx:1.30.5", "NGINX", "1.30.5", "", "1.30", undefined],
    ["nginxinc/nginx-unprivileged:1.30.5-alpine", "NGINX", "1.30.5", "alpine", "1.30", undefined],
    ["localhost:5000/mirror/node:22-bookworm-slim", "Node.js", "22", "bookworm-slim", "22", "Debian bookworm"],
    ["alpine:3.23.3", "Alpine", "3.23.3", "", "3.23", undefined],
    ["debian:bookworm-slim", undefined, undefined, undefined, undefined, "Debian bookworm"],
    ["debian:13.1-slim", undefined, undefined, undefined, undefined, "Debian trixie"],
    ["ghcr.io/acme/shop:1.2.3", undefined, undefined, undefined, undefined, undefined],
    ["ghcr.io/acme/shop:1.2.3-bookworm", undefined, undefined, undefined, undefined, "Debian bookworm"],
  ] as const)
    test(reference, () => {
      const read = readImage(reference);
      assert.equal(read.problem, undefined);
      assert.equal(read.product?.name, product);
      assert.equal(read.version, version);
      assert.equal(read.suffix, suffix);
      assert.equal(read.line, line);
      assert.equal(read.system && `${read.system.name} ${read.system.line}`, system);
    });
});

describe("a name that tells no version says why, and what to write", () => {
  for (const [reference, problem] of [
    [`postgres@${digest}`, /digest only.*postgres:VERSION@sha256/],
    ["nginx", /has no tag.*nginx:VERSION/],
    ["nginx:stable", /tag stable is no version of NGINX; use one like 1\.31/],
    ["redis:latest", /tag latest is no version of Redis/],
    ["redis:7", /tag 7 is no version of Redis/],
    ["debian:sid-slim", /tag sid-slim names no release of Debian/],
    [`debian@${digest}`, /digest only/],
  ] as const)
    test(reference, () => assert.match(readImage(reference).problem ?? "", problem));
});

describe("newer tags are those that are spelled alike", () => {
  for (const [name, reference, tags, expected] of [
    [
      "the newest of the line, and the newest line",
      "postgres:17.6-bookworm",
      [
        "17.6-bookworm",
        "17.7-bookworm",
        "17.10-bookworm",
        "17.11-trixie",
        "18.1-bookworm",
        "18-bookworm",
        "19beta1-bookworm",
      ],
      { newest: "17.10", next: "18" },
    ],
    ["a candidate is none", "redis:8.10.0", ["8.10.0", "8.12-rc1", "8.12.0-rc1"], { newest: "8.10.0" }],
    [
      "a stable NGINX goes to a stable one",
      "nginx:1.28.3",
      ["1.28.4", "1.30.1", "1.31.2"],
      { newest: "1.28.4", next: "1.30" },
    ],
    ["a mainline NGINX goes to any", "nginx:1.29.1", ["1.30.1", "1.31.2"], { newest: "1.29.1", next: "1.31" }],
    [
      "Node.js goes to long-term support",
      "node:22.1.0",
      ["22.2.0", "24.1.0", "25.1.0"],
      { newest: "22.2.0", next: "24" },
    ],
    [
      "a tag of one number moves by itself",
      "node:22-slim",
      ["22-slim", "24-slim", "24.1-slim"],
      { newest: "22", next: "24" },
    ],
    ["nothing newer", "postgres:18.1", ["17.7", "18.1", "latest"], { newest: "18.1" }],
    ["no tag at all", "postgres:18.1", [], { newest: "18.1" }],
    ["an unknown product", "acme/shop:1.2", ["1.3"], {}],
  ] as const)
    test(name, () => assert.deepEqual(newerTags(readImage(reference), tags), expected));
});
