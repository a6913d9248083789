import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository, stackConfig } from "../support/plan";
import { type Cost, runProgram } from "./monitor";

/** A program that is compared, and how it is started. */
interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly folder: string;
  readonly config: object;
  readonly nodeArgs: readonly string[];
}

const runs = 5;

/** The programs side by side: an empty one, one that imports every provider package at its root, and this one. */
function contestants(): Contestant[] {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-bench-"));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const packages = ["kubernetes", "random", "tls"].map((name) => `require("@pulumi/${name}");`);
  const loader = ["--require", join(repository, "components/loader.cjs")];
  const config = Object.fromEntries(
    Object.entries(stackConfig("dev")).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  return [
    {
      name: "empty program",
      program: write("empty.js", 'require("@pulumi/pulumi");\n'),
      folder,
      config: {},
      nodeArgs: [],
    },
    {
      name: "every package at its root",
      program: write("roots.js", `require("@pulumi/pulumi");\n${packages.join("\n")}\n`),
      folder,
      config: {},
      nodeArgs: [],
    },
    { name: "stack dev", program: join(repository, "index.ts"), folder: repository, config, nodeArgs: loader },
  ];
}

/** Runs each program several times in turns, so that a busy machine touches all of them alike; medians. */
export async function programCosts(): Promise<{ name: string; cost: Cost }[]> {
  const entrants = contestants();
  const costs = entrants.map((): Cost[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, { program, folder, config, nodeArgs }] of entrants.entries()) {
      costs[index]!.push(await runProgram(program, folder, config, nodeArgs));
    }
  }
  return entrants.map(({ name }, index) => ({ name, cost: median(costs[index]!) }));
}

function median(costs: readonly Cost[]): Cost {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    cpuSeconds: middle(costs.map(({ cpuSeconds }) => cpuSeconds)),
    peakMegabytes: middle(costs.map(({ peakMegabytes }) => peakMegabytes)),
    resources: costs[0]!.resources,
  };
}
