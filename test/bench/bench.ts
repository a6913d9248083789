import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cache } from "../../lib/paths";
import { runMain } from "../../lib/userError";
import { repository, writeKubeconfig } from "../support/plan";
import { growth, lineThrough } from "./growth";
import { measureNative, median } from "./process";
import { type ProgramFigures, programCosts } from "./programs";

const rounds = 3;

/**
 * `npm run bench`: figures side by side, made in one run. `--programs` leaves out the ones that need the nodes. CPU
 * seconds count all threads; of a busy machine they are up to a fifth more, which ratios are not.
 */
async function main(): Promise<void> {
  process.env.KUBECONFIG = writeKubeconfig("switchboard-local");
  const programs = await programCosts(rounds);
  print(
    [
      `program (medians of ${rounds} rounds)`,
      ...["cold CPU s", "of empty", "of the stack", "cold MB"],
      ...["warm CPU s", "of the stack", "warm MB", "resources"],
    ],
    programs.map((figures) => programRow(figures, programs)),
    "Cold: no compiled code kept, by our loader or by Pulumi's compiler; the files are in the system's memory. Warm: the\n" +
      "run after it. Root imports: the stack's resources in one file that imports its provider packages at their roots,\n" +
      "compiled and checked by Pulumi as `pulumi new` sets it up; then with those of the other stacks too, as a program\n" +
      "that stands on every cloud has them.\n" +
      "Goals: each stack cold at most 1.0 CPU s and 160 MB, and at least 8 times less CPU than with root imports.",
  );

  const points = await growth([0, 250, 500, 1000], rounds);
  const line = lineThrough(points);
  print(
    ["more workloads (scheduled jobs)", "CPU s", "on the line", "MB", "resources"],
    points.map(({ workloads, cpuSeconds, peakMegabytes, resources }) => [
      String(workloads),
      cpuSeconds.toFixed(2),
      (line.atZero + line.perWorkload * workloads).toFixed(2),
      peakMegabytes.toFixed(0),
      String(resources),
    ]),
    `Line: ${line.atZero.toFixed(2)} s + ${(line.perWorkload * 1000).toFixed(2)} ms for each workload, ` +
      `R² ${line.explained.toFixed(4)}. Goal: 1,000 more at most 2 s, in a straight line.`,
  );

  // What `npm run check` starts.
  const compiler = require.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
  const tsc = join(dirname(compiler), "lib", "tsc");
  const checks = [];
  for (let round = 0; round < rounds; round++) {
    checks.push(await measureNative(tsc, ["--noEmit", "--singleThreaded"], { cwd: repository }));
  }
  const check = median(checks);
  print(
    ["type check of the whole repository", "figure", "goal"],
    [
      ["CPU s", check.cpuSeconds.toFixed(2), "4"],
      ["peak MB", check.peakMegabytes.toFixed(0), "600"],
    ],
  );
  if (process.argv.includes("--programs")) return;

  // Apart from a person's own stack; set before the modules that read it are loaded.
  process.env.SWITCHBOARD_STATE = join(cache, "bench");
  delete process.env.KUBECONFIG;
  const { measureSystem } = await import("./system");
  try {
    const system = await measureSystem();
    print(
      ["whole dev stack on one local node", "figure", "goal"],
      [
        ["seconds from a warm cache to the log-in page", system.secondsToLogIn.toFixed(0), "60"],
        ["seconds of the next run, which changes nothing", system.secondsUnchanged.toFixed(0), ""],
        ["MiB requested", system.requestedMebibytes.toFixed(0), "1024"],
        ["MiB used", system.usedMebibytes.toFixed(0), ""],
      ],
    );
  } finally {
    rmSync(join(cache, "bench"), { recursive: true, force: true });
  }
}

function programRow(figures: ProgramFigures, all: readonly ProgramFigures[]): string[] {
  const { name, cold, warm, resources, formOf } = figures;
  const times = (figure: number, than: number | undefined) =>
    than === undefined ? "" : `${(figure / than).toFixed(1)} x`;
  const stack = formOf === undefined ? undefined : all[formOf];
  return [
    ...[name, cold.cpuSeconds.toFixed(2), times(cold.cpuSeconds, all[0]!.cold.cpuSeconds)],
    ...[times(cold.cpuSeconds, stack?.cold.cpuSeconds), cold.peakMegabytes.toFixed(0)],
    ...[warm.cpuSeconds.toFixed(2), times(warm.cpuSeconds, stack?.warm.cpuSeconds), warm.peakMegabytes.toFixed(0)],
    String(resources),
  ];
}

function print(head: readonly string[], rows: readonly (readonly string[])[], note = ""): void {
  const widths = head.map((text, index) => Math.max(text.length, ...rows.map((row) => row[index]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join("  ");
  console.log([line(head), ...rows.map(line), ...(note ? [note] : []), ""].join("\n"));
}

runMain(main);
