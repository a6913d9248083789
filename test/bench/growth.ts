import { stackConfig } from "../support/plan";
import { type Cost, median } from "./process";
import { runStack, stackProgram } from "./programs";

/** What the program cost with so many workloads more. */
export interface GrowthPoint extends Cost {
  readonly workloads: number;
  readonly resources: number;
}

/** A straight line through the points. */
export interface Line {
  readonly atZero: number;
  readonly perWorkload: number;
  /** Share of the spread that the line explains; 1 is a straight line. */
  readonly explained: number;
}

/**
 * The dev stack with more and more scheduled jobs, each a component with its ServiceAccount, CronJob and NetworkPolicy.
 * Medians of rounds in turns.
 */
export async function growth(sizes: readonly number[], rounds: number): Promise<GrowthPoint[]> {
  const runs = sizes.map(() => [] as GrowthPoint[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, workloads] of sizes.entries()) {
      const { registered, ...cost } = await runStack(stackProgram("dev", growthConfig(workloads)));
      runs[index]!.push({ ...cost, workloads, resources: registered.length });
    }
  }
  return runs.map(median);
}

/** The least squares line of CPU seconds over workloads. */
export function lineThrough(points: readonly Pick<GrowthPoint, "workloads" | "cpuSeconds">[]): Line {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(({ workloads }) => workloads));
  const y = mean(points.map(({ cpuSeconds }) => cpuSeconds));
  const sum = (of: (dx: number, dy: number) => number) =>
    points.reduce((total, { workloads, cpuSeconds }) => total + of(workloads - x, cpuSeconds - y), 0);
  const perWorkload = sum((dx, dy) => dx * dy) / sum((dx) => dx * dx);
  const atZero = y - perWorkload * x;
  const left = sum((dx, dy) => (dy - perWorkload * dx) ** 2);
  return { atZero, perWorkload, explained: 1 - left / sum((_dx, dy) => dy * dy) };
}

/** The settings of the dev stack with so many scheduled jobs. */
export function growthConfig(count: number): Record<string, unknown> {
  const config = stackConfig("dev") as Record<string, Record<string, unknown>>;
  const schedule = { cron: "17 3 * * *", command: ["node", "src/main.js", "cleanup"] };
  const schedules = Object.fromEntries(Array.from({ length: count }, (_, index) => [`job-${index}`, schedule]));
  return {
    ...config,
    // The settings refuse more jobs than the database has connections for.
    "switchboard:postgres": { ...config["switchboard:postgres"], maxConnections: 5000 },
    "switchboard:panel": { ...config["switchboard:panel"], connections: 1, schedules },
  };
}
