import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { sourceTag } from "../../components/settings/sourceTag";
import { repository } from "../support/paths";
import { Refusal, runMain } from "../support/refusal";
import { onPath } from "./builder";
import { loadPlan } from "./loadPlan";
import { sourceFolder } from "./recipes";
import { stackConfig, wantedImages } from "./wanted";

/**
 * `npm run images -- [STACK]`: builds the reference images with Docker and brings them to the stack's cluster, for
 * people who have one. The stack is `dev` unless named.
 */
async function main(): Promise<void> {
  const [stack = "dev", ...rest] = process.argv.slice(2);
  if (rest.length > 0 || !/^\w[\w.-]*$/.test(stack)) {
    throw new Refusal(`unknown arguments: ${process.argv.slice(2).join(" ")}`, "npm run images -- [STACK]");
  }
  await loadImages(join(repository, `Pulumi.${stack}.yaml`), (line) => process.stdout.write(`${line}\n`), "stdout");
}

/**
 * Builds every image that a stack file names by its source, and loads or pushes it. The tools' own output goes to the
 * terminal.
 *
 * @param output where the tools' own output goes; stderr for a command whose stdout is its result
 * @throws Refusal when the file is missing, a tool is missing or fails, or there is no registry to push to
 */
export async function loadImages(
  stackFile: string,
  report: (line: string) => void,
  output: "stdout" | "stderr" = "stderr",
): Promise<void> {
  if (!existsSync(stackFile)) {
    throw new Refusal(
      `there is no stack file ${basename(stackFile)}`,
      "name a stack that has one: npm run images -- STACK",
    );
  }
  const config = stackConfig(readFileSync(stackFile, "utf8"), stackFile);
  const images = wantedImages(config, (source) => sourceTag(sourceFolder(source))).flatMap(({ reference, source }) =>
    source ? [{ reference, source }] : [],
  );
  if (images.length === 0) {
    report(`${basename(stackFile)} names no image that is built from this repository.`);
    return;
  }
  for (const [program, ...args] of loadPlan({ context: contextOf(config), images, found: onPath })) {
    report(`$ ${program} ${args.join(" ")}`);
    const { failed, exitCode, signal } = await execa(program, args, {
      cwd: repository,
      stdio: ["inherit", output === "stdout" ? 1 : 2, "inherit"],
      reject: false,
      // The Dockerfiles mount secrets, which Docker before 23 does only with BuildKit chosen.
      env: { DOCKER_BUILDKIT: "1" },
    });
    if (failed) {
      throw new Refusal(
        `${program} ${args[0]} ended with ${exitCode === undefined ? signal : `exit code ${exitCode}`}`,
        "its output above says why; correct that and run this again, finished steps are quick",
      );
    }
  }
}

/** The context of a stack on an existing cluster: the one its settings name, else the kubeconfig's current one. */
function contextOf(config: unknown): string | undefined {
  const cluster = (config as Record<string, unknown> | undefined)?.["switchboard:cluster"];
  const { kind, context } = (cluster ?? {}) as { kind?: unknown; context?: unknown };
  if (kind !== "existing") return undefined;
  if (typeof context === "string") return context;
  // As kubectl reads it: of several files the first that names a current context counts.
  for (const file of (process.env.KUBECONFIG || join(homedir(), ".kube/config")).split(delimiter)) {
    if (!existsSync(file)) continue;
    const current = (parse(readFileSync(file, "utf8")) as Record<string, unknown> | null)?.["current-context"];
    if (typeof current === "string" && current !== "") return current;
  }
  return undefined;
}

if (require.main === module) runMain(main);
