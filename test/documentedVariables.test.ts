import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

/** Where people are told of variables. The settings' reference has words of clouds that look the same. */
const documents = [
  "README.md",
  ...readdirSync(join(repository, "docs"))
    .filter((file) => file.endsWith(".md") && file !== "settings.md")
    .map((file) => `docs/${file}`),
];

/** What reads them: the program, its commands, the local machine, the apps, the pipelines. */
const readers = [...productFolders, "apps", ".github", ".ci"].flatMap(filesBelow);

/** Variables of other programs, which they read themselves, each with the program. */
const foreign: Readonly<Record<string, string>> = {
  DOCKER_HOST: "Docker",
  ...Object.fromEntries(["PHX_SERVER", "PHX_HOST", "ECTO_URL", "SECRET_KEY_BASE"].map((name) => [name, "Phoenix"])),
  ...Object.fromEntries(
    ["MAIL_TOKEN", "SEARCH_TOKEN", "SECRET_KEY_BASE_FILE", "SECRET_KEY_BASE_ACCEPTED", "TOKEN_KEY_FILE"].map((name) => [
      name,
      "the shop of the examples in docs/apps.md",
    ]),
  ),
  SECRET_KEY_FALLBACKS: "Django",
  ...Object.fromEntries(["RAILS_ENV", "RAILS_MASTER_KEY"].map((name) => [name, "Rails"])),
};

function filesBelow(path: string): string[] {
  if (/(^|\/)(node_modules|deps|_build|test|\.git)$/.test(path)) return [];
  const full = join(repository, path);
  if (!statSync(full).isDirectory()) return /\.(md|json|svg|png)$/.test(path) ? [] : [path];
  return readdirSync(full).flatMap((entry) => filesBelow(`${path}/${entry}`));
}

/** Names in code spans and code blocks: capitals with at least one underscore, alone or with a `$` or a value. */
function variablesIn(text: string): string[] {
  const code = [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(([, block, span]) => block ?? span!);
  return code.flatMap((part) => part.match(/(?<![\w./:-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w./-])/g) ?? []);
}

test("every environment variable that the documents name is read by the code", () => {
  const code = readers.map((file) => withoutComments(readFileSync(join(repository, file), "utf8"))).join("\n");
  const named = new Map<string, string>();
  for (const file of documents)
    for (const name of variablesIn(readFileSync(join(repository, file), "utf8"))) named.set(name, file);
  assert.ok(named.size >= 10, `${named.size} variables are named`);
  const unread = [...named].filter(([name]) => !(name in foreign) && !new RegExp(`\\b${name}\\b`).test(code));
  assert.deepEqual(
    unread.map(([name, file]) => `${file} names ${name}, which nothing reads`),
    [],
  );
});

/** What a comment says is no reading. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)(\/\/|#).*$/gm, "$1");
}

test("every variable of this project that the documents name is read from the environment", () => {
  const code = readers.map((file) => readFileSync(join(repository, file), "utf8")).join("\n");
  const texts = documents.map((file) => readFileSync(join(repository, file), "utf8"));
  const own = new Set(texts.flatMap(variablesIn).filter((name) => name.startsWith("SWITCHBOARD_")));
  assert.ok(own.size >= 4);
  const isRead = (name: string) => new RegExp(`\\benv\\.${name}\\b|\\benv\\["${name}"\\]|env: "${name}"`).test(code);
  assert.deepEqual(
    [...own].filter((name) => !isRead(name)),
    [],
  );
});

test("a variable is found where documents name one", () => {
  assert.deepEqual(variablesIn("set `A_B` or `$C_D`, `E_F=1 npm run up`; NOT_CODE, `path/X_Y.md`\n```\nG_H=1\n```"), [
    ...["A_B", "C_D", "E_F", "G_H"],
  ]);
});
