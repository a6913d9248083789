import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { repository } from "../../support/plan";
import { stateFolder } from "./system";

const file = join(repository, "Pulumi.dev.yaml");
const kept = join(stateFolder, "Pulumi.dev.yaml.kept");

/** The dev stack's file, which suites change as a person would with an editor, and put back. */
export const stackFile = {
  keep: () => copyFileSync(file, kept),
  putBack: () => copyFileSync(kept, file),
  text: () => readFileSync(file, "utf8"),
  /** Changes one setting. */
  set(path: readonly string[], value: unknown): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", ...path], document.createNode(value));
    writeFileSync(file, document.toString());
  },
};
