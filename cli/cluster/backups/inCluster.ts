import { type BackupType, backupScript, listScript } from "../../../components/data/backup/scripts";
import { product } from "../../../components/naming";
import { UserError } from "../../../lib/userError";
import { callerOf } from "../caller";
import type { Kubectl } from "../kubectl";
import { auditOf, type Caller, jobOnce, type OneOffJob, oneOffLabel, type PodSpec, suffix } from "../oneOff";
import { runningServers } from "../postgresServers";
import { Sessions } from "../session";
import { backupsIn } from "./report";
import type { BackupList, BackupSource, Made } from "./source";

/** A CronJob, as far as a job is made from it. */
export interface BackupSchedule {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly jobTemplate: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly activeDeadlineSeconds: number;
        readonly template: {
          readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
          readonly spec: PodSpec & { readonly affinity?: { readonly podAffinity?: unknown } };
        };
      };
    };
  };
}

const schedules = "--selector=app.kubernetes.io/name=postgres,app.kubernetes.io/component=backup";

/** Seconds for which a list may take; a bucket that does not answer is one that is away. */
const listSeconds = 300;

/** The backups of a Postgres in the cluster: each question is a job with the pod of the schedules, which goes away. */
export class InClusterBackups implements BackupSource {
  private readonly sessions: Sessions;

  constructor(private readonly kubectl: Kubectl) {
    this.sessions = new Sessions(kubectl);
  }

  async list(signal: AbortSignal): Promise<BackupList> {
    const alone = (await runningServers(this.kubectl)).length === 0;
    return this.run({ script: listScript, purpose: "backups", deadlineSeconds: listSeconds, alone }, () => {}, signal);
  }

  async make(type: BackupType = "diff", report: (line: string) => void, signal: AbortSignal): Promise<Made> {
    const list = await this.run({ script: backupScript(type), purpose: "backup", alone: false }, report, signal);
    return { made: list.backups.at(-1), list };
  }

  private async run(
    args: Omit<BackupJobArgs, "caller">,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<BackupList> {
    const [schedule] = await this.kubectl.list<BackupSchedule>("cronjobs.batch", schedules);
    if (!schedule)
      throw new UserError(
        "this stack has no backups that it makes itself",
        "give its Postgres in the cluster postgres.backup and run up; of a server of somebody else's its owner has them",
      );
    const job = backupJob(schedule, { ...args, caller: await callerOf(this.kubectl) });
    const { name } = job.metadata;
    try {
      await this.sessions.start(job);
      const seen = await this.sessions.started(job, report, signal);
      report(`${seen.pod} runs`);
      const end = await this.sessions.ended(name, signal);
      const log = await this.kubectl.text(["logs", `job/${name}`, "--tail=-1"]).catch(() => "");
      if (end === "gone") throw new UserError(`${name} was taken away while it ran`, "run it again");
      if (end === "deadline" || end.exitCode !== 0)
        throw new UserError(`${name} failed: ${lastWords(log)}`, "do what it says, then run it again");
      return backupsIn(log);
    } finally {
      await this.sessions.end(name);
    }
  }
}

/** What a job is to do, and for whom. */
export interface BackupJobArgs {
  readonly script: string;
  readonly purpose: "backup" | "backups";
  /** @default the schedule's own */
  readonly deadlineSeconds?: number;
  /** The server has no pod, so that its volume may be anywhere. */
  readonly alone: boolean;
  readonly caller: Caller;
}

/** A job with the pod of a schedule that does something else, once. */
export function backupJob({ metadata, spec }: BackupSchedule, args: BackupJobArgs): OneOffJob {
  const { template, activeDeadlineSeconds } = spec.jobTemplate.spec;
  const labels = {
    ...template.metadata?.labels,
    // What pulumi manages would be missed when it has gone.
    "app.kubernetes.io/managed-by": product,
    [oneOffLabel]: args.purpose,
  };
  const { affinity, containers, ...pod } = template.spec;
  const [main, ...others] = containers;
  return jobOnce({
    ...{ name: `postgres-${args.purpose}-${suffix()}`, namespace: metadata.namespace },
    ...{ labels, annotations: auditOf(args.caller, `CronJob/${metadata.name}`) },
    ...{ deadlineSeconds: args.deadlineSeconds ?? activeDeadlineSeconds, keptSeconds: 300 },
    pod: {
      ...pod,
      ...(affinity && !args.alone ? { affinity } : {}),
      containers: [{ ...main!, command: ["sh", "-c", args.script] }, ...others],
    },
  });
}

/** What a job said at its end, without the lines that it always says. */
function lastWords(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "" && !/ P\d\d +(INFO|DETAIL):/.test(line));
  return lines.slice(-6).join("\n") || "it said nothing";
}
