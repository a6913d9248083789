import type { BacklogSource } from "../../../components/apps/shared/health";
import type { Kubectl } from "../../cluster/kubectl";
import type { BacklogFacts } from "./facts";
import type { Problem } from "./verdict";

/** Seconds that are looked back: workers tell every half minute (apps/panel/src/backlog.js). */
const lookBack = 75;

/** A job this old is told of, in seconds: with a worker that is free it is done within a second or two. */
const late = 60;
/** And this old it counts as an outage: the standard JOB_TIMEOUT_SECONDS, for which one job may hold a worker up. */
const tooLate = 300;

/** What one line says. */
type Report = Omit<BacklogFacts, "workload">;

/** What its workers said last of the jobs that wait; undefined where they say nothing or may not be heard. */
export async function readBacklog(
  kubectl: Kubectl,
  { workload, pods, message }: BacklogSource,
): Promise<BacklogFacts | undefined> {
  const selector = `app.kubernetes.io/name=${pods.name},app.kubernetes.io/component=${pods.component}`;
  const options = [`--since=${lookBack}s`, "--tail=-1", `--container=${pods.component}`];
  return kubectl.text(["logs", `--selector=${selector}`, ...options]).then(
    (logs) => {
      const told = backlogIn(logs, message);
      return told && { workload, ...told };
    },
    () => undefined,
  );
}

/** The newest report in the logs of all workers. */
export function backlogIn(logs: string, message: string): Report | undefined {
  return logs
    .split("\n")
    .filter((line) => line.includes(message))
    .flatMap((line) => reportIn(line, message) ?? [])
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
}

function reportIn(line: string, message: string): Report | undefined {
  try {
    const { message: logged, time, waiting, queued = 0, oldestSeconds } = JSON.parse(line) as Record<string, unknown>;
    if (logged !== message || typeof time !== "string") return undefined;
    const [toQueue, toDo, oldest] = [waiting, queued, oldestSeconds].map(Number);
    if (![toQueue, toDo, oldest].every(Number.isFinite)) return undefined;
    return { at: time, waiting: toQueue! + toDo!, oldestSeconds: oldest! };
  } catch {
    return undefined;
  }
}

/** Jobs that pile up. */
export function backlogProblems(backlogs: readonly BacklogFacts[]): Problem[] {
  return backlogs
    .filter(({ waiting, oldestSeconds }) => waiting > 0 && oldestSeconds >= late)
    .map(({ workload, waiting, oldestSeconds }) => ({
      severity: oldestSeconds < tooLate ? "warning" : "degraded",
      subject: workload,
      what: `are late: ${jobs(waiting)} to be done, the oldest for ${duration(oldestSeconds)}`,
    }));
}

/** The rows for a person: of which workers is told where there are several. */
export function backlogRows(backlogs: readonly BacklogFacts[]): string[][] {
  return backlogs.map(({ workload, waiting, oldestSeconds }) => [
    backlogs.length > 1 ? `queue of ${workload}` : "queue",
    jobs(waiting),
    waiting === 0 ? "" : `the oldest for ${duration(oldestSeconds)}`,
  ]);
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count === 0 ? "no" : count} jobs`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
