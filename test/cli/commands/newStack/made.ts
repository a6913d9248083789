import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prompter } from "../../../../cli/commands/newStack/collect";
import { newStack } from "../../../../cli/commands/newStack/newStack";
import type { Given } from "../../../../components/clouds/shared/newStack";
import { parseStackFile } from "../../../../engine/stack/stackFile";
import { writeKubeconfig } from "../../../support/plan";

const made: string[] = [];
process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** A folder that is gone when the tests are done. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "new-stack-"));
  made.push(folder);
  return folder;
}

export const digest = `@sha256:${"0".repeat(64)}`;
process.env.KUBECONFIG = writeKubeconfig("kind-team", "switchboard-local");

/** What each place asks beside the names and the apps. */
export const places: Readonly<Record<string, Given>> = {
  local: { where: "local" },
  existing: { where: "existing", context: "kind-team" },
  gke: { where: "gke", project: "my-project-1", projectNumber: "987654321098", region: "europe-west3" },
  eks: {
    ...{ where: "eks", account: "111122223333", region: "eu-central-1" },
    ...{ deployer: "arn:aws:iam::111122223333:role/deployer", deployFrom: "203.0.113.0/29" },
  },
};

/** A new stack from these flags, and from what is answered where somebody can be asked. */
export async function make(flags: Given, folder = emptyFolder(), prompter?: Prompter) {
  const printed: string[] = [];
  const { file, next } = await newStack({
    ...{ flags, folder, prompter, yes: prompter === undefined },
    style: { width: 100, valueWidth: 100, colours: false },
    print: (text) => printed.push(text),
  });
  const text = readFileSync(file, "utf8");
  const config = parseStackFile(text, file).config as Record<string, any>;
  return { text, config, printed: [...printed, ...next].join("\n"), file };
}
