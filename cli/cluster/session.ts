import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../lib/userError";
import { isGone } from "./caller";
import { Kubectl } from "./kubectl";
import { annotation, type LiveWorkload, type OneOffJob, oneOffContainer, oneOffLabel } from "./oneOff";
import { notStarted, type OneOffPod, type PodStage, refusalIn, stageOf } from "./oneOffPod";

/** Seconds that a pod may take to run: an image is pulled, a node may have to be made. */
const startSeconds = 180;
const pauseMs = 300;

/** Where a Job is: its pod, and how far that is. */
export interface Seen {
  readonly pod: string;
  readonly stage: PodStage;
}

/** Jobs with a pod of their own in one namespace, from their start to their end. */
export class Sessions {
  /** Cleans up also when the command was interrupted. */
  private readonly last: Kubectl;

  constructor(private readonly kubectl: Kubectl) {
    this.last = new Kubectl({ ...kubectl.options, signal: undefined });
  }

  /** The Deployment that a pod is made from. @throws ClusterError where there is none */
  workload(name: string): Promise<LiveWorkload> {
    return this.kubectl.json<LiveWorkload>(["get", "deployment", name]);
  }

  /** @throws ClusterError where the API server refuses it, as for a field that it does not know */
  async start(job: OneOffJob): Promise<void> {
    await this.kubectl.text(["create", "--validate=strict", "--filename=-"], { input: JSON.stringify(job) });
  }

  /**
   * Waits until the pod runs or has ended.
   * @throws UserError when it cannot start
   */
  async started(
    { metadata: { name }, spec }: OneOffJob,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Seen> {
    const end = Date.now() + Math.min(startSeconds, spec.activeDeadlineSeconds) * 1000;
    for (;;) {
      const seen = await this.look(name);
      if (seen && seen.stage.at !== "waiting") return seen;
      const stage = seen?.stage.at === "waiting" ? seen.stage : ((await this.refused(name)) ?? nothingYet);
      report(stage.why);
      if (stage.hopeless || Date.now() > end) throw notStarted(seen?.pod ?? name, stage, startSeconds);
      await pause(signal);
    }
  }

  /** Why the API server lets no pod of a Job in, which only the Job's events say; whoever may not read them waits. */
  private async refused(job: string): Promise<(PodStage & { at: "waiting" }) | undefined> {
    const selector = `--field-selector=involvedObject.kind=Job,involvedObject.name=${job},reason=FailedCreate`;
    const events = await this.kubectl.list<{ message?: string }>("events", selector).catch(() => []);
    return refusalIn(events.at(-1)?.message ?? "");
  }

  /** Waits until the pod has ended. @returns how, or `deadline` when Kubernetes ended it, or `gone` when somebody did */
  async ended(job: string, signal: AbortSignal): Promise<(PodStage & { at: "ended" }) | "deadline" | "gone"> {
    for (;;) {
      const { status } = await this.jobOf(job);
      if (!status) return "gone";
      const failed = status.conditions?.find(({ type, status }) => /^Failed/.test(type) && status === "True");
      if (failed?.reason === "DeadlineExceeded") return "deadline";
      const seen = await this.look(job);
      if (seen?.stage.at === "ended") return seen.stage;
      if (failed && !seen) return "gone";
      await pause(signal);
    }
  }

  /** The pod of a Job; undefined until there is one. */
  async look(job: string): Promise<Seen | undefined> {
    const pods = await this.kubectl.list<OneOffPod>("pods", `--selector=batch.kubernetes.io/job-name=${job}`);
    const pod = pods[0];
    return pod && { pod: pod.metadata.name, stage: stageOf(pod) };
  }

  /** Takes a Job and its pod away; one that is gone already is none to take away. */
  async end(job: string): Promise<void> {
    await this.last.text(["delete", "job", job, "--ignore-not-found", "--cascade=background", "--wait=false"]);
  }

  /**
   * Takes away what clients of this machine left behind when they were killed. What others left ends at its deadline.
   * @returns the names of what was taken away
   */
  async sweep(): Promise<string[]> {
    const jobs = await this.kubectl.list<OneOffJob & { readonly status?: { readonly active?: number } }>(
      "jobs",
      `--selector=${oneOffLabel}=console`,
    );
    const left = jobs
      .filter(({ metadata }) => isGone(metadata.annotations?.[annotation("client")] ?? ""))
      .map(({ metadata }) => metadata.name);
    for (const name of left) await this.end(name);
    return left;
  }

  /**
   * An event beside the app's own, which a collector of cluster events keeps for longer than the pod is there. Who may
   * not write events gets on without: the API server's audit log and the Job's annotations say the same.
   */
  async tell(workload: LiveWorkload, reason: string, note: string): Promise<void> {
    const { namespace, name, uid } = workload.metadata as { namespace: string; name: string; uid?: string };
    const event = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { generateName: `${name}-`, namespace },
      eventTime: new Date().toISOString().replace("Z", "000Z"),
      ...{ type: "Normal", reason, action: reason, note: note.slice(0, 1000) },
      ...{ reportingController: "switchboard.dev/switchboard", reportingInstance: "switchboard" },
      regarding: { apiVersion: "apps/v1", kind: workload.kind, namespace, name, ...(uid ? { uid } : {}) },
    };
    await this.last.text(["create", "--filename=-"], { input: JSON.stringify(event) }).catch(() => {});
  }

  private async jobOf(name: string) {
    type Conditions = { readonly conditions?: readonly { type: string; status: string; reason?: string }[] };
    const [job] = await this.kubectl.list<{ status: Conditions }>("jobs", `--field-selector=metadata.name=${name}`);
    return { status: job?.status };
  }
}

const nothingYet = { at: "waiting", why: "waiting for the pod", hopeless: false } as const;

async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new UserError("interrupted", "run it again");
  await sleep(pauseMs, undefined, { signal }).catch(() => {});
}

/** The arguments of `kubectl exec` into the one container. */
export function execArguments(pod: string, terminal: boolean, command: readonly string[]): string[] {
  return ["exec", "--stdin", ...(terminal ? ["--tty"] : []), pod, `--container=${oneOffContainer}`, "--", ...command];
}
