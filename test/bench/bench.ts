import { rmSync } from "node:fs";
import { join } from "node:path";
import { cache } from "../../local/support/paths";
import { runMain } from "../../local/support/refusal";
import { writeKubeconfig } from "../support/plan";
import { programCosts } from "./programs";

/** `npm run bench`: figures side by side, made in one run. `--programs` leaves out the ones that need the nodes. */
async function main(): Promise<void> {
  process.env.KUBECONFIG = writeKubeconfig("switchboard-local");
  const costs = await programCosts();
  const [{ cost: empty }] = costs as [(typeof costs)[number]];
  print(
    ["program (medians of 5 runs in turns)", "CPU s", "of empty", "peak MB", "of empty", "resources"],
    costs.map(({ name, cost }) => [
      name,
      cost.cpuSeconds.toFixed(2),
      (cost.cpuSeconds / empty.cpuSeconds).toFixed(2),
      cost.peakMegabytes.toFixed(0),
      (cost.peakMegabytes / empty.peakMegabytes).toFixed(2),
      String(cost.resources),
    ]),
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

function print(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((text, index) => Math.max(text.length, ...rows.map((row) => row[index]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join("  ");
  console.log([line(head), ...rows.map(line), ""].join("\n"));
}

runMain(main);
