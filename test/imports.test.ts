import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

/**
 * Who may import whom, for every folder of the product: a folder imports itself, the files above its own folders, and what
 * is named here. Each names only what stands before it, so no folder is part of a circle. A folder that is not here is
 * part of the nearest one above it that is.
 */
const table: Readonly<Record<string, string>> = {
  lib: "",
  // The program, from what a setting is to the whole platform.
  "components/calendar": "",
  "components/contracts": "",
  components: "contracts",
  "components/images": "",
  "components/registry": "",
  "components/schema": "images registry",
  "components/kubernetes": "contracts schema",
  "components/data": "contracts kubernetes schema",
  "components/ingress": "contracts kubernetes schema",
  "components/stack": "contracts ingress schema",
  "components/apps": "contracts ingress kubernetes schema stack",
  "components/clouds/shared": "/lib calendar contracts ingress schema stack",
  "components/kubernetes/facts": "clouds/shared",
  "components/clouds/existing": "clouds/shared contracts data kubernetes schema",
  "components/clouds/gcp": "/lib calendar clouds/shared contracts data kubernetes kubernetes/facts schema",
  "components/clouds/aws": "/lib calendar clouds/shared contracts data kubernetes kubernetes/facts schema",
  "components/clouds": "clouds/shared clouds/existing clouds/gcp clouds/aws contracts data schema",
  // What is known of each type of resource, found by its token: the only way to it for the tools.
  "components/facts": "/lib clouds clouds/shared kubernetes/facts",
  "components/settings": "apps clouds clouds/shared ingress kubernetes registry schema stack",
  "components/network": "apps contracts ingress kubernetes schema settings",
  // The tools: what every stack needs, this machine as a cluster, what is said of a change, what a person calls.
  engine: "/lib clouds clouds/shared facts registry schema",
  sandbox: "/lib /engine images registry",
  "review/cost": "/engine clouds clouds/shared facts",
  "review/plan": "/lib /engine clouds/shared facts kubernetes/facts",
  "review/policies": "/engine /review/plan clouds/shared facts kubernetes/facts schema",
  "review/policyPack": "/engine /review/policies clouds/shared",
  "review/diagram": "/engine /review/plan clouds/shared facts kubernetes/facts",
  "review/drift": "/engine /review/plan clouds/shared facts",
  "review/comment": "/lib /engine /review/cost /review/plan /review/policies /review/diagram",
  "review/forge": "/lib /review/comment",
  "cli/core": "/lib /engine /review/cost /review/plan /review/policies",
  "cli/images": "/lib /engine /sandbox clouds images kubernetes registry",
  "cli/cluster": "/lib /engine /cli/core apps clouds clouds/shared data kubernetes schema",
  "cli/logs": "/lib /cli/cluster",
  "cli/versions": "/lib /cli/images calendar clouds clouds/shared registry schema",
  "cli/doctor":
    "/lib /engine /sandbox /cli/images /cli/versions calendar clouds clouds/existing clouds/shared contracts kubernetes network schema settings",
  "cli/ci": "/lib /engine /review/plan /review/comment /review/forge /cli/core /cli/doctor clouds clouds/shared schema",
  "cli/commands/backup": "/lib /cli/core /cli/cluster data",
  "cli/commands/backups": "/cli/core /cli/cluster",
  "cli/commands/comment": "/lib /review/plan /review/comment /review/forge /cli/core /cli/ci",
  "cli/commands/completion": "/lib /cli/core",
  "cli/commands/console": "/lib /cli/core /cli/cluster apps",
  "cli/commands/cost": "/lib /engine /review/cost /cli/core",
  "cli/commands/diagram": "/lib /engine /review/diagram /cli/core",
  "cli/commands/doctor": "/lib /engine /cli/core /cli/cluster /cli/doctor clouds/shared settings",
  "cli/commands/drift": "/lib /engine /review/plan /review/drift /cli/core",
  "cli/commands/logs": "/lib /cli/core /cli/cluster /cli/logs",
  "cli/commands/newStack": "/lib /engine /cli/core apps clouds clouds/existing clouds/shared registry schema settings",
  "cli/commands/pulumi": "/engine /cli/core",
  "cli/commands/run": "/lib /cli/core /cli/cluster",
  "cli/commands/status":
    "/lib /engine /cli/core /cli/cluster /cli/logs /cli/versions /cli/doctor apps clouds clouds/shared data facts",
  "cli/commands/up":
    "/lib /engine /sandbox /review/plan /cli/core /cli/cluster /cli/doctor /cli/images clouds clouds/shared facts",
  "cli/commands/versions":
    "/lib /engine /cli/core /cli/cluster /cli/logs /cli/versions /cli/doctor clouds/shared facts registry",
  "cli/servers": "/lib /engine /cli/core /cli/cluster /cli/commands/up data schema settings",
  "cli/commands/restore": "/cli/core /cli/servers",
  "cli/commands/switch": "/cli/core /cli/servers data",
  "cli/commands/upgrade": "/lib /cli/core /cli/servers",
  "cli/commands/down": "/lib /engine /sandbox /cli/core /cli/commands/up clouds clouds/shared facts",
  "cli/commands/preview": "/lib /engine /review/plan /cli/core /cli/commands/up schema",
  "cli/commands":
    "/lib /cli/core /cli/commands/backup /cli/commands/backups /cli/commands/comment /cli/commands/completion /cli/commands/console /cli/commands/cost /cli/commands/diagram /cli/commands/doctor /cli/commands/drift /cli/commands/logs /cli/commands/newStack /cli/commands/pulumi /cli/commands/run /cli/commands/status /cli/commands/up /cli/commands/versions /cli/commands/down /cli/commands/preview /cli/commands/restore /cli/commands/switch /cli/commands/upgrade",
  cli: "/lib /cli/core /cli/commands",
};

/** The names of a row as paths: `/` stands before a folder of the root, the others are below `components`. */
function allowed(folder: string): string[] {
  return table[folder]!.split(" ")
    .filter(Boolean)
    .map((name) => (name.startsWith("/") ? name.slice(1) : `components/${name}`));
}

/** The row that a file belongs to. */
function rowOf(file: string): string {
  for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) if (folder in table) return folder;
  throw new Error(`${file} is in no folder of the table`);
}

/** Files that a file imports, as paths of the repository; also those that it loads when it needs them, and types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(repository, file), "utf8");
  return [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*"(\.[^"]*)"/g)].flatMap(([, named]) => {
    const path = join(repository, dirname(file), named!);
    const found = [`${path}.ts`, join(path, "index.ts"), path].find(
      (each) => existsSync(each) && statSync(each).isFile(),
    );
    return found ? [relative(repository, found)] : [];
  });
}

const files = productFolders.flatMap((folder) =>
  readdirSync(join(repository, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|cjs)$/.test(entry.name))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name))),
);

test("every folder imports only what the table allows it", () => {
  const used = new Map<string, Set<string>>();
  for (const file of files) {
    const row = rowOf(file);
    for (const target of importsOf(file)) {
      if (target === "index.ts" || !productFolders.some((folder) => target.startsWith(`${folder}/`))) continue;
      const other = rowOf(target);
      // The files that stand in a folder itself are for all below it: names, and the loader.
      if (other === row || other === "components") continue;
      assert.ok(allowed(row).includes(other), `${file} imports ${target}: ${row} may not import ${other}`);
      used.set(row, (used.get(row) ?? new Set()).add(other));
    }
  }
  for (const row of Object.keys(table))
    assert.deepEqual(
      allowed(row).filter((other) => !used.get(row)?.has(other)),
      [],
      `${row} imports none of these any more: take them out of the table`,
    );
});

test("each row names only folders that stand before it, so there is no circle", () => {
  const rows = Object.keys(table);
  for (const [index, row] of rows.entries())
    for (const other of allowed(row))
      assert.ok(rows.slice(0, index).includes(other), `${row} names ${other}, which does not stand before it`);
});

test("the tools run the program through its entry alone, and the program knows no tool", () => {
  for (const file of files.filter((path) => path.startsWith("components/")))
    for (const target of importsOf(file)) assert.match(target, /^(components|lib)\//, `${file} imports ${target}`);
});
