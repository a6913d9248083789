import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/plan";

/** Files of a folder that a person may read or that a machine runs, without tests and what is installed. */
function filesBelow(folder: string, form: RegExp): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return /^(node_modules|test|_build|deps|docs)$/.test(entry.name) ? [] : filesBelow(path, form);
    return form.test(entry.name) ? [path] : [];
  });
}

const read = (path: string) => readFileSync(join(repository, path), "utf8");
const documents = [
  ...readdirSync(repository).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(repository, "docs")).map((name) => `docs/${name}`),
  ...filesBelow("apps", /\.md$/),
].filter((path) => path.endsWith(".md"));
const sources = ["components", "ops", "local", "apps", ".ci", ".github"].flatMap((folder) =>
  filesBelow(folder, /(?<!\.md)$/),
);
const code = sources.map(read).join("\n");

/** Names in the documents that have the form of a variable, each with where it is. */
const named = new Map(
  documents.flatMap((path) =>
    [...read(path).matchAll(/(?<![\w-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])/g)].map(
      ([name]) => [name, path] as const,
    ),
  ),
);

test("every name of a variable in the documents is one that the code knows", () => {
  assert.ok(named.size > 40);
  // Those of other programs, and a pattern.
  const others = /^(PULUMI_\w+|DOCKER_HOST|NAME_FILE)$/;
  // What an app takes as a text it may take as a file too.
  const isKnown = (name: string) => new RegExp(`(?<![A-Z0-9_])${name}(?![A-Z0-9_])`).test(code);
  const unknown = [...named].filter(
    ([name]) => !others.test(name) && !isKnown(name) && !isKnown(name.replace(/_FILE$/, "")),
  );
  assert.deepEqual(unknown, []);
});

test("every SWITCHBOARD variable in the documents is read from the environment", () => {
  const own = [...named.keys()].filter((name) => name.startsWith("SWITCHBOARD_"));
  assert.ok(own.length >= 4);
  const unread = own.filter(
    (name) => !new RegExp(`\\benv\\.${name}\\b|\\benv\\["${name}"\\]|env: "${name}"`).test(code),
  );
  assert.deepEqual(unread, []);
});
