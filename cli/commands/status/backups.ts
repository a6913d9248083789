import { CronExpressionParser } from "cron-parser";
import type { Kubectl } from "../../cluster/kubectl";
import { runningServers } from "../../cluster/postgresServers";
import type { Facts } from "./facts";
import { type CronJobObject, type JobObject, ofKind } from "./objects";
import type { Problem } from "./verdict";

/** Seconds that are looked back: Postgres tries a segment of its log again after a minute, and three times at once. */
const lookBack = 150;

/** Seconds after its time at which a run is expected to have ended well. */
const graceSeconds = 3600;

const component = ({ metadata }: CronJobObject | JobObject) =>
  metadata.labels?.["app.kubernetes.io/name"] === "postgres"
    ? metadata.labels["app.kubernetes.io/component"]
    : undefined;

const schedulesOf = ({ objects }: Pick<Facts, "objects">, what: "backup" | "drill") =>
  ofKind(objects, "CronJob").filter((cron) => component(cron) === what);

/** Whether Postgres in the cluster archives its log; undefined where it does not have to, or its own may not be read. */
export async function readArchiving(kubectl: Kubectl, facts: Pick<Facts, "objects">): Promise<Facts["archiving"]> {
  if (schedulesOf(facts, "backup").length === 0) return undefined;
  try {
    const [server] = await runningServers(kubectl);
    if (!server) return undefined;
    const { pod, container } = server;
    return archivingIn(
      await kubectl.text(["logs", pod, `--since=${lookBack}s`, "--tail=-1", `--container=${container}`]),
    );
  } catch {
    return undefined;
  }
}

/** Postgres says nothing of what goes well, and each minute of what does not. */
export function archivingIn(log: string): Facts["archiving"] {
  if (!/archive command failed|archiving write-ahead log file .* failed too many times/.test(log))
    return { fails: false };
  const why = /\[[A-Za-z]+Error\] .*|ERROR: \[\d+\]: .*/g;
  return { fails: true, why: log.match(why)?.at(-1) ?? "archive_command failed" };
}

/** Backups that are late, a log that is not archived, and drills that fail. */
export function backupProblems(facts: Pick<Facts, "objects" | "at" | "archiving">): Problem[] {
  const schedules = schedulesOf(facts, "backup");
  if (schedules.length === 0) return [];
  const problem = (what: string): Problem => ({ severity: "degraded", subject: "backups", what });
  const newest = newestBackup(facts);
  const due = dueBefore(schedules, facts.at)[1];
  return [
    ...(facts.archiving?.fails
      ? [problem(`the log is not archived, and stays on the server's volume (${facts.archiving.why})`)]
      : []),
    ...(due && (!newest || newest < due)
      ? [problem(newest ? `the newest is of ${newest}, and two more were due` : "there is none, and two were due")]
      : []),
    ...schedulesOf(facts, "drill").flatMap((drill) => drillProblems(drill, facts)),
  ];
}

function drillProblems(drill: CronJobObject, { objects, at }: Pick<Facts, "objects" | "at">): Problem[] {
  const problem = (what: string): Problem[] => [{ severity: "degraded", subject: "drill", what }];
  const { lastScheduleTime: begun, lastSuccessfulTime: passed } = drill.status ?? {};
  const runs = ofKind(objects, "Job").some(
    ({ metadata, status }) =>
      metadata.ownerReferences?.some(({ name }) => name === drill.metadata.name) && (status?.active ?? 0) > 0,
  );
  if (begun && !runs && (!passed || passed < begun))
    return problem(
      `the one of ${begun} did not pass: the backups may not be what they should be (switchboard backups)`,
    );
  const due = dueBefore([drill], at)[1];
  return due && !runs && (!passed || passed < due) ? problem(`none has passed since ${passed ?? "the first up"}`) : [];
}

/** The row for a person. */
export function backupRow(facts: Pick<Facts, "objects" | "archiving">, ago: (time: string) => string): string[][] {
  if (schedulesOf(facts, "backup").length === 0) return [];
  const newest = newestBackup(facts);
  const [drill] = schedulesOf(facts, "drill");
  const passed = drill?.status?.lastSuccessfulTime;
  const archiving = facts.archiving && (facts.archiving.fails ? "log not archived" : "log archived");
  const drilled = drill && (passed ? `drill passed ${ago(passed)}` : "no drill yet");
  return [["backups", newest ? `newest ${ago(newest)}` : "none yet", [archiving, drilled].filter(Boolean).join("; ")]];
}

/** When the newest backup of a schedule, or of the first `up`, was made. */
function newestBackup(facts: Pick<Facts, "objects">): string | undefined {
  const scheduled = schedulesOf(facts, "backup").flatMap(({ status }) => status?.lastSuccessfulTime ?? []);
  const first = ofKind(facts.objects, "Job")
    .filter((job) => component(job) === "backup" && !job.metadata.ownerReferences?.length)
    .flatMap(({ status }) => status?.completionTime ?? []);
  return [...scheduled, ...first].sort().at(-1);
}

/** The last times at which one of the schedules was due, newest first; none from before they were there. */
function dueBefore(schedules: readonly CronJobObject[], at: string): string[] {
  const currentDate = new Date(Date.parse(at) - graceSeconds * 1000);
  return schedules
    .flatMap(({ spec, metadata }) => {
      try {
        const runs = CronExpressionParser.parse(spec.schedule, { currentDate, tz: spec.timeZone ?? "UTC" });
        const since = metadata.creationTimestamp ?? at;
        return [runs.prev(), runs.prev()].map((run) => run.toDate().toISOString()).filter((run) => run > since);
      } catch {
        // A schedule that the cluster takes and this parser does not is no reason to say anything.
        return [];
      }
    })
    .sort()
    .reverse();
}
