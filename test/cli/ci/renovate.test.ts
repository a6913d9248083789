import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { repository } from "../../support/plan";
import { actions } from "../../support/workflows";

interface Manager {
  readonly description: string;
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

const config = JSON.parse(readFileSync(join(repository, ".github/renovate.json"), "utf8"));
const files = execFileSync("git", ["-C", repository, "ls-files"], { encoding: "utf8" }).split("\n").filter(Boolean);

/** What a custom manager finds: the named groups of each match. */
function found(description: string): Record<string, string>[] {
  const manager = (config.customManagers as Manager[]).find((each) => each.description.startsWith(description));
  assert.ok(manager, description);
  // `/…/` is a regular expression, as all of them are here.
  const patterns = manager.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return files
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .flatMap((file) => {
      const text = readFileSync(join(repository, file), "utf8");
      return manager.matchStrings.flatMap((form) =>
        [...text.matchAll(new RegExp(form, "g"))].map(({ groups }) => groups!),
      );
    });
}
const textOf = (pattern: RegExp) =>
  files
    .filter((file) => pattern.test(file))
    .map((file) => readFileSync(join(repository, file), "utf8"))
    .join("\n");

test("every chart that the program installs is raised", () => {
  const charts = [...textOf(/^components\/.+\.ts$/).matchAll(/^\s+chart: "([^"]+)",$/gm)].map(([, name]) => name!);
  const raised = [
    ...found("Helm charts").map(({ depName, currentValue }) => [depName, currentValue]),
    ...found("cert-manager").map(({ currentValue }) => ["cert-manager", currentValue]),
  ];
  assert.ok(charts.length >= 3);
  assert.deepEqual(raised.map(([name]) => name).sort(), charts.sort());
  for (const [name, version] of raised) assert.match(version!, /^v?\d+\.\d+\.\d+$/, name);
});

test("every image that a stack or a default names is raised, with its digest where it has one", () => {
  const named = `${textOf(/^Pulumi\..+\.yaml$/)}\n${textOf(/^components\/.+\.ts$/)}`;
  const references = [...named.matchAll(/(?:image: |")((?:docker|gcr|ghcr|quay)\.io\/[^\s"]+:[^\s"]+)/g)].map(
    ([, all]) => all!,
  );
  const raised = found("Images of stacks").map(
    ({ depName, currentValue, currentDigest }) =>
      `${depName}:${currentValue}${currentDigest ? `@${currentDigest}` : ""}`,
  );
  assert.ok(references.length >= 5);
  assert.deepEqual(raised.sort(), references.sort());
});

test("the list of allowed actions is raised whole", () => {
  const raised = found("The list of allowed actions");
  assert.deepEqual(
    raised.map(({ depName, currentDigest, currentValue }) => [depName, currentDigest, currentValue]).sort(),
    Object.entries(actions)
      .map(([name, { sha, version }]) => [name, sha, version])
      .sort(),
  );
  // An action in a folder of a repository has that repository's tags.
  const inFolder = raised.find(({ depName }) => depName === "anchore/sbom-action/download-syft");
  assert.equal(inFolder?.packageName, "anchore/sbom-action");
});

test("the tools that workflows install by version are raised", () => {
  const workflows = textOf(/^\.github\/workflows\/.+\.yml$/);
  assert.equal(found("The Pulumi CLI").length, workflows.match(/pulumi-version:/g)?.length);
  assert.equal(found("The scanner").length, workflows.match(/setup-trivy@/g)?.length);
});

test("each kind of file that pins something has its manager, and bases get digests", () => {
  const managers: Record<string, string> = {
    "package.json": "npm",
    Dockerfile: "dockerfile",
    "go.mod": "gomod",
    "mix.exs": "mix",
    "deploy.yml": "github-actions",
    "gitlab.yml": "gitlabci",
  };
  for (const [file, manager] of Object.entries(managers)) {
    assert.ok(
      files.some((path) => basename(path) === file),
      file,
    );
    assert.ok(config.enabledManagers.includes(manager), manager);
  }
  assert.ok(config.extends.includes("docker:pinDigests"));
  assert.ok(files.includes(config.gitlabci.managerFilePatterns[0].slice(2, -2).replaceAll("\\", "")));
});
