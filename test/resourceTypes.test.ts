import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { allFacts } from "../components/facts";
import { rules } from "../review/policies";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

/** The token of a type, `gcp:sql/databaseInstance:DatabaseInstance`, also where a part of it is one of several. */
const token = new RegExp(
  [
    String.raw`\b(?:aws|gcp|random|tls):[\w.]+\/(?:\w+|\([\w|]+\)):\w*`,
    String.raw`\bkubernetes:[\w.-]+\/v\w+:(?:\w+|\([\w|]+\))`,
  ].join("|"),
  "g",
);

/** The tokens that a text names: comments aside, and whether a string or a regular expression spells them. */
function tokensIn(text: string): Set<string> {
  const code = text
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    .replaceAll("\\/", "/")
    .replaceAll("\\.", ".");
  return new Set([...code.matchAll(token)].flatMap(([found]) => spelledOut(found)));
}

/** `a/v1:(B|C)` is `a/v1:B` and `a/v1:C`. */
function spelledOut(found: string): string[] {
  const [, before, choices, after] = /^(.*)\(([^()]*)\)(.*)$/.exec(found) ?? [];
  return choices === undefined ? [found] : choices.split("|").map((choice) => `${before}${choice}${after}`);
}

/** By the token without its last part, which a regular expression may leave out, the files that name it. */
function namedIn(): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const folder of productFolders)
    for (const entry of readdirSync(join(repository, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.(ts|cjs|json)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      for (const name of tokensIn(readFileSync(path, "utf8"))) {
        const type = name.startsWith("kubernetes:") ? name : name.replace(/:\w*$/, "");
        named.set(type, (named.get(type) ?? new Set()).add(relative(repository, path)));
      }
    }
  return named;
}

test("a type is found in every spelling", () => {
  const spellings = [
    ['"gcp:sql/databaseInstance:DatabaseInstance"', ["gcp:sql/databaseInstance:DatabaseInstance"]],
    ["/^aws:eks\\/cluster:/", ["aws:eks/cluster:"]],
    ["/^gcp:(a)\\/x:/", []],
    ["/^aws:s3\\/(bucket|bucketV2):/", ["aws:s3/bucket:", "aws:s3/bucketV2:"]],
    [
      "/^kubernetes:apps\\/v1:(Deployment|StatefulSet)$/",
      ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"],
    ],
    ["/^kubernetes:rbac\\.authorization\\.k8s\\.io\\/v1:Role$/", ["kubernetes:rbac.authorization.k8s.io/v1:Role"]],
    ["/** `gcp:sql/databaseInstance:DatabaseInstance` */\n  // aws:eks/cluster:Cluster", []],
  ] as const;
  for (const [text, types] of spellings) assert.deepEqual([...tokensIn(text)], types, text);
});

test("a type is named in two files at most: its facts, and one that makes it or compares it with others", () => {
  const named = namedIn();
  assert.ok(named.size > 120, `${named.size} types are named`);
  for (const [type, files] of named) {
    const shown = [...files].sort();
    assert.ok(shown.length <= 2, `${type} is named in ${shown.join(", ")}: what is known of it belongs to its facts`);
    const facts = shown.filter((file) => /(^|\/)facts\//.test(file));
    assert.equal(facts.length, 1, `${type} has ${facts.length} files of facts and is named in ${shown.join(", ")}`);
  }
});

test("facts are of types that are spelled as the engine spells them, each in the folder of its package", () => {
  for (const type of Object.keys(allFacts()))
    assert.match(type, /^(\w+:[\w.]+\/\w+:[A-Z]\w*|kubernetes:[\w.-]+\/v\w+:[A-Z]\w*|\w+:(\w+:)?\*)$/);
  for (const [type, files] of namedIn()) {
    const [owner = ""] = type.split(":");
    const folder = { kubernetes: "components/kubernetes/facts", random: "components/facts", tls: "components/facts" };
    const expected = (folder as Record<string, string>)[owner] ?? `components/clouds/${owner}/facts`;
    assert.ok(
      [...files].some((file) => file.startsWith(`${expected}/`)),
      `${type} has no facts in ${expected}`,
    );
  }
});

test("what facts demand is asked by a rule, and what a rule asks of facts is demanded by some", () => {
  const demanded = new Set(Object.values(allFacts()).flatMap(({ demands }) => Object.keys(demands ?? {})));
  const names = new Set(rules.map(({ name }) => name));
  for (const name of demanded) assert.ok(names.has(name), `no rule is called ${name}`);
  const folder = join(repository, "review/policies/rules");
  const asked = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/\bdemanded\("([^"]+)"\)/g)].map(([, name]) => name!),
  );
  assert.deepEqual([...demanded].sort(), [...new Set(asked)].sort());
});

test("a rule that asks the facts asks by its own name", () => {
  const folder = join(repository, "review/policies/rules");
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, name, body] of text.matchAll(/^ {2}name: "([^"]+)",\n([\s\S]*?)^\};$/gm))
      for (const [, asked] of body!.matchAll(/\bdemanded\("([^"]+)"\)/g)) assert.equal(asked, name, file);
  }
});
