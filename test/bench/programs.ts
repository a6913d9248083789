import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { answerOf } from "../../engine/record/answers/table";
import { repository, stackConfig } from "../support/plan";
import { type Program, type Registered, runProgram } from "./monitor";
import { type Cost, median } from "./process";
import { rootImportProgram } from "./rootImports";

/** What a program cost. */
export interface ProgramFigures {
  readonly name: string;
  /** With no compiled code kept from an earlier run, by our loader or by Pulumi's compiler. */
  readonly cold: Cost;
  /** With the compiled code of the run before. */
  readonly warm: Cost;
  readonly resources: number;
  /** Index of the stack whose resources these are, for another form of its program. */
  readonly formOf?: number;
}

interface Contestant {
  readonly name: string;
  readonly program: Program;
  readonly formOf?: number;
}

/** Every provider package that this program uses in one stack or another. */
const packages = ["aws", "gcp", "kubernetes", "random", "tls"];

/** The stacks whose files are there. */
export const stacks = ["dev", "prod", "prod-eks"].filter((stack) =>
  existsSync(join(repository, `Pulumi.${stack}.yaml`)),
);

/** Runs a program with what providers would answer for what this program uses. */
export function runStack(program: Program) {
  return runProgram(program, {
    outputsOf: (type, name, inputs) =>
      type.startsWith("pulumi:") ? {} : answerOf(type)(inputs, { preview: false, name }),
  });
}

/** How the program of a stack is started, as Pulumi.yaml says. */
export function stackProgram(stack: string, config: Record<string, unknown> = stackConfig(stack)): Program {
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    entry: join(repository, "index.ts"),
    folder: repository,
    stack,
    config: Object.fromEntries(texts),
    nodeArgs: parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8")).runtime.options.nodeargs.split(" "),
  };
}

/**
 * The programs side by side, each in turn and the whole round several times, so that a busy machine touches all of them
 * alike; medians. First an empty program, then for each stack this program and two
 * forms of the same resources with root imports.
 */
export async function programCosts(rounds: number): Promise<ProgramFigures[]> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-bench-"));
  try {
    const entrants = [emptyProgram(folder)];
    for (const stack of stacks) {
      const program = stackProgram(stack);
      const { registered } = await runStack(program);
      const formOf = entrants.push({ name: `stack ${stack}`, program }) - 1;
      entrants.push(
        { name: "  root imports", program: rootProgram(join(folder, stack), registered), formOf },
        { name: "  of all packages", program: rootProgram(join(folder, `${stack}-all`), registered, packages), formOf },
      );
    }
    const runs = entrants.map(() => ({ cold: [] as Cost[], warm: [] as Cost[], resources: 0 }));
    for (let round = 0; round < rounds; round++) {
      for (const [index, { program }] of entrants.entries()) {
        const kept = mkdtempSync(join(folder, "kept-"));
        // Our loader keeps compiled code in the one, Pulumi's compiler in the other.
        const here = { ...program, env: { SWITCHBOARD_COMPILE_CACHE: kept, TMPDIR: kept } };
        const { registered, ...cold } = await runStack(here);
        const { registered: _again, ...warm } = await runStack(here);
        runs[index]!.cold.push(cold);
        runs[index]!.warm.push(warm);
        runs[index]!.resources = registered.length;
      }
    }
    return entrants.map(({ name, formOf }, index) => {
      const { cold, warm, resources } = runs[index]!;
      return { name, cold: median(cold), warm: median(warm), resources, formOf };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In JavaScript, so that it is the least that any Pulumi program costs. */
function emptyProgram(folder: string): Contestant {
  const entry = join(folder, "empty.js");
  writeFileSync(entry, 'require("@pulumi/pulumi");\n');
  return { name: "empty program", program: { entry, folder, stack: "dev", config: {}, nodeArgs: [] } };
}

/** A project as `pulumi new` makes it, which Pulumi compiles and checks itself. */
function rootProgram(folder: string, resources: readonly Registered[], further: readonly string[] = []): Program {
  mkdirSync(folder);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "roots", main: "index.ts" }));
  const compilerOptions = { strict: true, target: "es2020", module: "commonjs", moduleResolution: "node" };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  const entry = join(folder, "index.ts");
  writeFileSync(entry, rootImportProgram(resources, further));
  return { entry, folder, stack: "dev", config: {}, nodeArgs: [], typescript: true };
}
