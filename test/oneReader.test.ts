import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { productFolders } from "./support/folders";
import { repository } from "./support/plan";

const sources = productFolders.flatMap((folder) =>
  readdirSync(join(repository, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
);
const text = (file: string) => readFileSync(join(repository, file), "utf8");

test("a stack's file is read by one reader: nothing else turns YAML into values but what reads kubeconfigs", () => {
  const kubeconfigs = [
    "components/kubernetes/kubeconfig.ts",
    "engine/providers/kubernetes/kubeconfig.ts",
    "cli/images/place.ts",
    "sandbox/nodes/api.ts",
  ];
  // These change a text and keep its comments: what it means is not read from them.
  const editors = ["cli/ci/reviewStack.ts", "cli/commands/newStack/base.ts", "engine/stack/changedFile.ts"];
  // The reader itself.
  const own = ["components/schema/stackFile/goYaml.ts"];
  const parsing = sources.filter((file) => /import \{[^}]*\bparse\w*\b[^}]*\} from "yaml"/.test(text(file)));
  assert.deepEqual(parsing.sort(), [...kubeconfigs, ...editors, ...own].sort());
});

test("no tool writes the project's name before a key, or as the project", () => {
  const layers = "cluster|postgres|redis|panel|workers|chat|edge|operations";
  const written = sources.filter((file) => {
    const code = text(file).replace(/^\s*(\*|\/\/|\/\*).*$/gm, "");
    return new RegExp(`switchboard:(${layers})["\`.]|project: "switchboard"|startsWith\\("switchboard:"\\)`).test(code);
  });
  // Types of components are this program's own, whatever a project is called.
  const told = ["engine/stack/pulumiEvents.ts"];
  assert.deepEqual(
    written.filter((file) => !told.includes(file)),
    [],
  );
});
