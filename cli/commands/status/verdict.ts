import { backlogProblems } from "./backlog";
import { backupProblems } from "./backups";
import { diskProblems } from "./disks";
import type { AddressFacts, CertificateFacts, Facts } from "./facts";
import { type JobStatus, jobStatuses, type ScheduleStatus, scheduleStatuses } from "./jobStatus";
import { managedBackupProblems } from "./managedBackups";
import { lastEvent, ofKind, type PlatformObject } from "./objects";
import { brief } from "./pods";
import { recently, type TierStatus, tierStatuses } from "./tierStatus";

/**
 * How bad it is: a part does not work (`down`), works with less than it should have (`degraded`), or works and should be
 * looked at (`warning`). The first two are not healthy.
 */
export type Severity = "down" | "degraded" | "warning";

/** One thing that is not as it should be. */
export interface Problem {
  readonly severity: Severity;
  /** What it is about: `panel`, `node-1`, `https://…` */
  readonly subject: string;
  readonly what: string;
}

/** The answer to "is it healthy?". */
export interface Verdict {
  readonly healthy: boolean;
  /** In one sentence. */
  readonly line: string;
  /** Worst first; of one severity, what others need first. */
  readonly problems: readonly Problem[];
}

/** What is told of a stack. */
export interface Status extends Verdict {
  readonly tiers: readonly TierStatus[];
  readonly jobs: readonly JobStatus[];
  readonly schedules: readonly ScheduleStatus[];
}

/** Below this a certificate is told of: cert-manager and Google renew at thirty days. */
const certificateWarningDays = 21;

const severities: readonly Severity[] = ["down", "degraded", "warning"];

/** Looks at all facts and says what they mean. */
export function verdictOf(facts: Facts): Status {
  const tiers = tierStatuses(facts);
  const jobs = jobStatuses(facts);
  const schedules = scheduleStatuses(facts);
  const found = [
    ...(facts.cluster ?? []),
    ...nodeProblems(facts),
    ...tiers.flatMap((tier) => tierProblems(tier, facts.at)),
    ...jobs.flatMap(jobProblems),
    ...serviceProblems(facts, tiers),
    ...facts.addresses.flatMap((address) => addressProblems(address, tiers)),
    ...facts.certificates.flatMap((certificate) => certificateProblems(certificate, facts.at)),
    ...schedules.flatMap(scheduleProblems),
    ...backlogProblems(facts.backlogs),
    ...backupProblems(facts),
    ...managedBackupProblems(facts),
    ...diskProblems(facts.disks),
    ...stateProblems(facts),
  ];
  const problems = severities.flatMap((severity) => found.filter((problem) => problem.severity === severity));
  return { ...sentence(facts.stack, problems), problems, tiers, jobs, schedules };
}

/** As many problems are named in the first line. */
const named = 3;

function sentence(stack: string, problems: readonly Problem[]): Pick<Verdict, "healthy" | "line"> {
  const bad = problems.filter(({ severity }) => severity !== "warning");
  if (bad.length > 0) {
    const more = bad.length > named ? `; and ${bad.length - named} more` : "";
    const words = bad.slice(0, named).map(({ subject, what }) => `${subject} ${what}`);
    return { healthy: false, line: `${stack} is NOT healthy: ${words.join("; ")}${more}` };
  }
  if (problems.length === 0) return { healthy: true, line: `${stack} is healthy` };
  const things = problems.length === 1 ? "one thing" : `${problems.length} things`;
  return { healthy: true, line: `${stack} is healthy, with ${things} to look at` };
}

function tierProblems(tier: TierStatus, at: string): Problem[] {
  const { name, ready, desired, declared = desired } = tier;
  const problem = (severity: Severity, what: string): Problem => ({ severity, subject: name, what });
  if (tier.kind === "managed") return [];
  if (!tier.present) return [problem("down", `is missing: the stack has this ${tier.kind}, the cluster has not`)];
  const broken = tier.pods.find(({ lasting }) => lasting);
  const waiting = broken ?? tier.pods.find(({ trouble }) => trouble);
  const why = waiting?.trouble ?? (tier.refused && brief(tier.refused));
  const found: Problem[] = [];
  if (desired === 0 && declared > 0) {
    found.push(problem("down", `0 of ${declared} ready (it is scaled to 0; the stack says ${declared})`));
  } else if (ready < desired) {
    const rest = why ?? (tier.pods.length === 0 ? "no pod has been made" : "");
    found.push(problem(ready === 0 ? "down" : "degraded", `${ready} of ${desired} ready${rest && ` (${rest})`}`));
  } else if (tier.rollout === "stuck" || (tier.rollout !== "complete" && (broken || tier.refused))) {
    // What ran before goes on, so nobody notices but whoever waits for the new version.
    found.push(problem("degraded", `does not get its new version${why ? ` (${why})` : ""}`));
  } else if (tier.rollout === "paused") found.push(problem("warning", "has its rollout paused"));
  else if (tier.rollout === "progressing") {
    found.push(problem("warning", `is rolling out: ${tier.updated} of ${desired} pods have the new version`));
  }
  if (desired > 0 && desired < declared)
    found.push(problem("degraded", `${replicasOf(desired)}; the stack says ${declared}`));
  if (desired > declared) found.push(problem("warning", `${replicasOf(desired)}; the stack says ${declared}`));
  if (tier.declaredVersion) {
    found.push(problem("warning", `is told to run ${tier.version}; the stack says ${tier.declaredVersion}`));
  }
  return [...found, ...restarts(tier, at)];
}

function replicasOf(count: number): string {
  return `has ${count} ${count === 1 ? "replica" : "replicas"}`;
}

function restarts({ name, pods }: TierStatus, at: string): Problem[] {
  const late = pods.filter(({ ready, lastRestart }) => {
    const ended = Date.parse(lastRestart?.at ?? "");
    return ready && Date.parse(at) - ended < recently;
  });
  if (late.length === 0) return [];
  const [last] = [...late].sort((a, b) => (b.lastRestart?.at ?? "").localeCompare(a.lastRestart?.at ?? ""));
  const minutes = Math.max(0, Math.round((Date.parse(at) - Date.parse(last!.lastRestart!.at!)) / 60_000));
  const often = late.reduce((sum, { restarts }) => sum + restarts, 0);
  return [
    {
      ...{ severity: "warning", subject: name },
      what: `was restarted ${often === 1 ? "once" : `${often} times`}, last ${minutes} min ago (${last!.lastRestart!.why})`,
    },
  ];
}

function jobProblems({ name, what, state, trouble }: JobStatus): Problem[] {
  const why = trouble ? ` (${trouble})` : "";
  if (state === "failed") return [{ severity: "down", subject: what, what: `failed in ${name}${why}` }];
  if (state === "running") return [{ severity: "warning", subject: what, what: `is running${why}` }];
  return [];
}

function scheduleProblems({ name, suspended, failed, missed }: ScheduleStatus): Problem[] {
  const problem = (what: string): Problem => ({ severity: "warning", subject: name, what });
  return [
    ...(suspended ? [problem("is suspended: it does not run")] : []),
    ...(failed ? [problem(`failed in its last run${failed.why ? ` (${failed.why})` : ""}`)] : []),
    ...(missed ? [problem(`has not run at ${missed}`)] : []),
  ];
}

function serviceProblems({ objects, state }: Facts, tiers: readonly TierStatus[]): Problem[] {
  const services = ofKind(objects, "Service");
  const expected = "unknown" in state ? [] : state.expected.filter(({ kind }) => kind === "Service");
  const missing = expected
    .filter(({ name }) => !services.some(({ metadata }) => metadata.name === name))
    .map(({ name }): Problem => ({ severity: "down", subject: `service ${name}`, what: "is missing in the cluster" }));
  const crons = "unknown" in state ? [] : state.expected.filter(({ kind }) => kind === "CronJob");
  const schedules = crons
    .filter(({ name }) => !ofKind(objects, "CronJob").some(({ metadata }) => metadata.name === name))
    .map(
      ({ name }): Problem => ({ severity: "degraded", subject: name, what: "is missing: its schedule does not run" }),
    );
  return [...missing, ...schedules, ...services.flatMap((service) => oneService(service, objects, tiers))];
}

function oneService(
  service: Extract<PlatformObject, { kind: "Service" }>,
  objects: Facts["objects"],
  tiers: readonly TierStatus[],
): Problem[] {
  const { metadata, spec, status } = service;
  const { name } = metadata;
  if (metadata.labels?.["app.kubernetes.io/part-of"] !== "switchboard") return [];
  const found: Problem[] = [];
  if (spec.type === "LoadBalancer" && !status?.loadBalancer?.ingress?.length) {
    const event = lastEvent(objects, service, /Fail|Error|Sync/);
    const why = event?.message ? ` (${event.reason}: ${brief(event.message)})` : "";
    found.push({ severity: "down", subject: `service ${name}`, what: `waits for its load balancer${why}` });
  }
  const slices = ofKind(objects, "EndpointSlice").filter(
    (slice) => slice.metadata.labels?.["kubernetes.io/service-name"] === name,
  );
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  // Where no pod is ready, that is told of the tier.
  if (spec.selector && ready.length === 0 && tiers.some((tier) => tier.name === name && tier.ready > 0)) {
    found.push({ severity: "down", subject: `service ${name}`, what: "leads to no pod, although some are ready" });
  }
  return found;
}

function nodeProblems({ nodes }: Facts): Problem[] {
  return (nodes ?? []).flatMap(({ metadata, spec, status }): Problem[] => {
    const subject = `node ${metadata.name}`;
    const conditions = status?.conditions ?? [];
    const ready = conditions.find(({ type }) => type === "Ready");
    const pressure = conditions.filter(
      ({ type, status }) => /Pressure$|NetworkUnavailable/.test(type) && status === "True",
    );
    return [
      ...(ready?.status === "True"
        ? []
        : [
            {
              severity: "degraded" as const,
              subject,
              what: `is not ready (${brief(ready?.message ?? "it says nothing")})`,
            },
          ]),
      ...pressure.map(({ type, message }) => ({
        severity: "warning" as const,
        subject,
        what: `has ${type} (${brief(message ?? "")})`,
      })),
      ...(spec?.unschedulable
        ? [{ severity: "warning" as const, subject, what: "is cordoned: it takes no new pods" }]
        : []),
    ];
  });
}

function addressProblems(
  { name: app, url, problem, dependencies }: AddressFacts,
  tiers: readonly TierStatus[],
): Problem[] {
  const found: Problem[] = problem ? [{ severity: "down", subject: url, what: problem }] : [];
  for (const [name, { up, reason }] of Object.entries(dependencies ?? {})) {
    // A server in the cluster that has no pod is told of already; one that the cloud runs is only seen from here.
    const known = tiers.find((tier) => tier.tier === name);
    if (up || (known && known.kind !== "managed" && known.ready < known.desired)) continue;
    found.push({
      severity: "down",
      subject: name,
      what: `is not reached by the ${app}${reason ? ` (${brief(reason)})` : ""}`,
    });
  }
  return found;
}

function certificateProblems({ host, problem, validTo }: CertificateFacts, at: string): Problem[] {
  const subject = `certificate of ${host}`;
  if (problem) return [{ severity: "down", subject, what: problem }];
  const days = daysUntil(validTo, at);
  if (days === undefined || days >= certificateWarningDays) return [];
  return [{ severity: "warning", subject, what: `ends in ${days} ${days === 1 ? "day" : "days"}` }];
}

/** Whole days that are left. */
export function daysUntil(time: string | undefined, at: string): number | undefined {
  const left = Date.parse(time ?? "") - Date.parse(at);
  return Number.isNaN(left) ? undefined : Math.floor(left / 86_400_000);
}

function stateProblems({ state }: Facts): Problem[] {
  const problem = (what: string): Problem => ({ severity: "warning", subject: "the stack", what });
  if ("unknown" in state) return [problem(`could not be compared with its state (${state.unknown})`)];
  const { lock, pending, lastUpdate } = state;
  if (lock) return [problem(`is being changed by ${lock.who}${lock.since ? ` since ${lock.since}` : ""}`)];
  return [
    ...(pending > 0
      ? [
          problem(
            `has ${pending === 1 ? "one unfinished change" : `${pending} unfinished changes`}: an update was cut off`,
          ),
        ]
      : []),
    ...(lastUpdate && lastUpdate.result !== "succeeded"
      ? [problem(`had a last ${lastUpdate.kind} that ${lastUpdate.result}`)]
      : []),
  ];
}
