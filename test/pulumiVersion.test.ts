import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { leastPulumi } from "../cli/doctor/checks/tools";
import { engineVersion } from "../engine/build";
import { repository } from "./support/plan";

const read = (path: string) => readFileSync(join(repository, path), "utf8");

/** Whether a version of three numbers is at least another one. */
function atLeast(version: string, least: string): boolean {
  const [own, other] = [version, least].map((text) => text.split(".").map(Number));
  const first = own!.findIndex((number, index) => number !== other![index]);
  return first < 0 || own![first]! > other![first]!;
}

test("a CLI that is too old is told so by Pulumi.yaml, and those that are used here are new enough", () => {
  const { requiredPulumiVersion } = parse(read("Pulumi.yaml")) as { requiredPulumiVersion: string };
  const [, least = ""] = /^>=(\d+\.\d+\.\d+)$/.exec(requiredPulumiVersion) ?? [];
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  assert.equal(least, dependencies["@pulumi/pulumi"], "as old as the SDK");
  assert.equal(leastPulumi, least, "what the doctor asks for");
  assert.ok(atLeast(engineVersion, least), `the CLI that is built here is ${engineVersion}`);
  const pipelines = [
    ".ci/gitlab.yml",
    ...readdirSync(join(repository, ".github/workflows")).map((file) => `.github/workflows/${file}`),
  ];
  const pinned = pipelines.flatMap((file) =>
    [...read(file).matchAll(/(?:pulumi-version: |pulumi\/pulumi:)(\d+\.\d+\.\d+)/g)].map(([, version]) => version!),
  );
  assert.ok(pinned.length >= 2);
  for (const version of pinned) assert.ok(atLeast(version, least), version);
});

test("the CLI that is downloaded is the one that is built", () => {
  const [, built] = /\bgithub\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(read("engine/go.mod")) ?? [];
  assert.equal(engineVersion, built);
});
