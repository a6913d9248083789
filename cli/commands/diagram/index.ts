import { readFileSync, writeFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { fromState } from "../../../engine/resources/fromState";
import { offlineResources } from "../../../engine/resources/offline";
import type { Resource } from "../../../engine/resources/resource";
import { UserError } from "../../../lib/userError";
import { architectureOf, mermaidOf, svgOf } from "../../../review/diagram";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";

const formats = ["mermaid", "svg"] as const;

/** `switchboard diagram`: the architecture of a stack, from its own resources. */
export const command: CommandSpec = {
  name: "diagram",
  summary: "draw what runs in a stack and what connects to what",
  description:
    "The picture is made from the stack's resources. Pods come from its workloads, servers and node pools from " +
    "its cloud, and connections from its network policies. It runs the program, so it needs no credentials and no " +
    "network. With --state it draws what a `pulumi stack export` contains.",
  options: [
    { flags: "--format <format>", description: "what to print", choices: formats, default: "mermaid" },
    { flags: "--out <file>", description: "write it to a file; .svg and .mmd decide the format by themselves" },
    { flags: "--state <file>", description: "draw a `pulumi stack export` instead; - reads it from stdin" },
  ],
  examples: [
    ["switchboard diagram prod", "the production stack as a Mermaid flowchart, for a Markdown page"],
    ["switchboard diagram prod-eks --out prod-eks.svg", "the same as a picture for light and dark pages"],
    ["switchboard pulumi dev stack export | switchboard diagram --state - --format svg", "what is really there"],
  ],
  access: "none",
  async run({ io, target, options }: Invocation) {
    const resources = options.state
      ? await readState(options.state as string)
      : await io.step(`running the program for stack ${target.stack}`, () => offlineResources(target.stack));
    const out = options.out as string | undefined;
    const format = out?.endsWith(".svg") ? "svg" : out?.endsWith(".mmd") ? "mermaid" : (options.format as string);
    const picture = format === "svg" ? svgOf(resources) : mermaidOf(resources);
    if (out) {
      write(out, picture);
      io.note(`wrote ${out}`);
    }
    io.result(
      { stack: target.stack, ...architectureOf(resources), ...(out ? { file: out } : { [format]: picture }) },
      () => (out ? [] : [picture.trimEnd()]),
    );
    return exitCodes.ok;
  },
};

async function readState(file: string): Promise<Resource[]> {
  const todo = "give the file that `pulumi stack export` wrote, or - and pipe it in";
  let exported: unknown;
  try {
    exported = JSON.parse(file === "-" ? await readAll(process.stdin) : readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`--state ${file}: ${(error as Error).message}`, todo);
  }
  const resources = typeof exported === "object" && exported !== null ? fromState(exported) : [];
  if (resources.length === 0) throw new UserError(`--state ${file}: there is no resource in it`, todo);
  return resources;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(
      `--out ${file} cannot be written: ${(error as Error).message}`,
      "name a file in a folder that is there",
    );
  }
}
