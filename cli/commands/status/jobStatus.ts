import { CronExpressionParser } from "cron-parser";
import type { Facts } from "./facts";
import { type CronJobObject, type JobObject, ofKind } from "./objects";
import { brief, endOf, troubleOf } from "./pods";

/** A job that runs once: a migration, the roles of Postgres. */
export interface JobStatus {
  readonly name: string;
  /** `panel migration`, `postgres roles` */
  readonly what: string;
  readonly state: "complete" | "failed" | "running";
  readonly at?: string;
  /** Why it failed, or what it waits for. */
  readonly trouble?: string;
}

/** A command on a schedule. */
export interface ScheduleStatus {
  readonly name: string;
  readonly schedule: string;
  readonly suspended: boolean;
  readonly lastRun?: string;
  readonly lastSuccess?: string;
  readonly running: boolean;
  /** How the newest run ended, if it did not end well. */
  readonly failed?: { readonly at?: string; readonly why: string };
  /** A time at which it should have run and has not. */
  readonly missed?: string;
}

type Seen = Pick<Facts, "objects" | "at">;

/** Jobs that the stack runs once; of several of one kind, the newest. */
export function jobStatuses({ objects }: Seen): JobStatus[] {
  const jobs = ofKind(objects, "Job").filter(({ metadata }) => !metadata.ownerReferences?.length && labelled(metadata));
  const newest = new Map<string, JobObject>();
  for (const job of [...jobs].sort((a, b) => created(a).localeCompare(created(b)))) newest.set(whatOf(job), job);
  return [...newest].sort().map(([what, job]) => {
    const { status, metadata } = job;
    const failed = failureOf(job);
    const state = failed ? "failed" : isComplete(job) ? "complete" : "running";
    const at = status?.completionTime ?? failed?.lastTransitionTime ?? status?.startTime;
    const trouble = state === "complete" ? undefined : whyOf(job, objects);
    return { name: metadata.name, what, state, ...(at && { at }), ...(trouble && { trouble }) };
  });
}

/** The schedules, each with its newest run. */
export function scheduleStatuses(facts: Seen): ScheduleStatus[] {
  const { objects } = facts;
  return ofKind(objects, "CronJob")
    .filter(({ metadata }) => labelled(metadata))
    .map((cron) => {
      const { metadata, spec, status } = cron;
      const runs = ofKind(objects, "Job")
        .filter((job) =>
          job.metadata.ownerReferences?.some(({ kind, name }) => kind === "CronJob" && name === metadata.name),
        )
        .sort((a, b) => created(a).localeCompare(created(b)));
      const last = runs.at(-1);
      const failure = last && failureOf(last);
      const missed = missedRun(cron, facts.at);
      return {
        name: metadata.name,
        schedule: `${spec.schedule}${spec.timeZone ? ` ${spec.timeZone}` : ""}`,
        suspended: spec.suspend === true,
        ...(status?.lastScheduleTime && { lastRun: status.lastScheduleTime }),
        ...(status?.lastSuccessfulTime && { lastSuccess: status.lastSuccessfulTime }),
        running: last !== undefined && !failure && !isComplete(last),
        ...(last &&
          failure && {
            failed: {
              ...(failure.lastTransitionTime && { at: failure.lastTransitionTime }),
              why: whyOf(last, objects) ?? "",
            },
          }),
        ...(missed && { missed }),
      };
    });
}

/** A run may start five minutes late (`startingDeadlineSeconds`), and its controller takes a moment. */
const latestStartSeconds = 360;

function missedRun({ spec, status, metadata }: CronJobObject, at: string): string | undefined {
  if (spec.suspend) return undefined;
  try {
    const currentDate = new Date(Date.parse(at) - latestStartSeconds * 1000);
    const due = CronExpressionParser.parse(spec.schedule, { currentDate, tz: spec.timeZone ?? "UTC" })
      .prev()
      .toDate();
    const since = Date.parse(metadata.creationTimestamp ?? at);
    const ran = status?.lastScheduleTime ? Date.parse(status.lastScheduleTime) : 0;
    return due.getTime() > since && ran < due.getTime() - 1000 ? due.toISOString() : undefined;
  } catch {
    // A schedule that the cluster takes and this parser does not is no reason to say anything.
    return undefined;
  }
}

function whyOf(job: JobObject, objects: Facts["objects"]): string | undefined {
  const pods = ofKind(objects, "Pod")
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ kind, name }) => kind === "Job" && name === job.metadata.name),
    )
    .sort((a, b) => created(a).localeCompare(created(b)));
  for (const pod of [...pods].reverse()) {
    const end = pod.status?.containerStatuses?.find(
      ({ state }) => state?.terminated && state.terminated.exitCode !== 0,
    );
    if (end) return endOf(end.state!.terminated!);
    const trouble = troubleOf(pod, objects);
    if (trouble) return trouble.text;
  }
  const failure = failureOf(job);
  return failure ? brief(failure.message ?? failure.reason ?? "it failed") : undefined;
}

function isComplete({ status }: JobObject): boolean {
  return (status?.conditions ?? []).some(({ type, status }) => type === "Complete" && status === "True");
}

function failureOf({ status }: JobObject) {
  return status?.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
}

/** Jobs of cert-manager and other people are not the platform's. */
function labelled({ labels }: JobObject["metadata"]): boolean {
  return labels?.["app.kubernetes.io/part-of"] === "switchboard" && labels["app.kubernetes.io/managed-by"] === "pulumi";
}

function whatOf({ metadata: { labels } }: JobObject): string {
  return `${labels?.["app.kubernetes.io/name"]} ${labels?.["app.kubernetes.io/component"]}`;
}

function created({ metadata }: { readonly metadata: { readonly creationTimestamp?: string } }): string {
  return metadata.creationTimestamp ?? "";
}
