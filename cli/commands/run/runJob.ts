import { createInterface } from "node:readline";
import { UserError } from "../../../lib/userError";
import { duration } from "../../cluster/amounts";
import { callerOf } from "../../cluster/caller";
import { who } from "../../cluster/console";
import type { Kubectl } from "../../cluster/kubectl";
import { type OneOffJob, oneOffContainer, oneOffJob } from "../../cluster/oneOff";
import { commandMissing, type PodStage } from "../../cluster/oneOffPod";
import { type Seen, Sessions } from "../../cluster/session";
import { kubectlOf } from "../../cluster/words";
import { exitCodes, type Io } from "../../core/command";

/** A command to run once. */
export interface RunRequest {
  readonly app: string;
  readonly stack: string;
  readonly workload: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly timeoutSeconds: number;
  readonly limits: { readonly cpu: string; readonly memory: string };
  /** Leave it alone once it is started. */
  readonly detach: boolean;
}

/** Seconds for which a Job and its log are kept: until the next day where nobody watched it. */
const kept = { detached: 86_400, watched: 300 };
/** What `timeout(1)` exits with. */
const timedOut = 124;

/**
 * Runs a command in a pod of its own, with the live image and configuration of an app: shows its log and takes it away
 * when it has ended or at Ctrl-C. When this process is killed the command goes on to its end, at most to its deadline.
 * @returns the command's exit code; 124 when its time was over
 */
export async function runJob(kubectl: Kubectl, request: RunRequest, io: Io): Promise<number> {
  const { app, command, limits, detach, timeoutSeconds } = request;
  refuseUnsplit(command);
  const sessions = new Sessions(kubectl);
  const [workload, caller] = await Promise.all([sessions.workload(request.workload), callerOf(kubectl)]);
  const job = oneOffJob(workload, {
    purpose: "run",
    ...{ command, limits, caller, environment: request.environment },
    ...(request.name ? { name: request.name } : {}),
    deadlineSeconds: timeoutSeconds,
    // The pod gets no traffic, so the seconds that the app keeps for that are of no use to it.
    graceSeconds: 10,
    keptSeconds: detach ? kept.detached : kept.watched,
  });
  const { name } = job.metadata;
  const began = Date.now();
  let leave = false;
  try {
    await sessions.start(job);
    const seen = await io.step(`starting ${name} with the live image of ${app}`, (report) =>
      sessions.started(job, report, io.signal),
    );
    const missing = commandMissing(seen.stage, command, imageOf(job));
    if (missing) throw missing;
    const note = `${who(caller)} runs a command of ${app} in pod ${seen.pod}, for at most ${duration(timeoutSeconds)}`;
    io.note(`${caller.at.toISOString()} stack ${request.stack}: ${note}`);
    await sessions.tell(workload, "CommandStarted", note);
    if (detach) {
      leave = true;
      return detached(seen);
    }
    await showLog(seen);
    if (io.signal.aborted) return exitCodes.interrupted;
    return ended(await sessions.ended(name, io.signal), seen);
  } catch (error) {
    if (io.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    if (!leave) await sessions.end(name);
  }

  function detached({ pod }: Seen): number {
    const { namespace } = kubectl.options;
    const at = `${kubectlOf(kubectl.options)} --namespace ${namespace}`;
    io.result({ stack: request.stack, app, job: name, pod, detached: true }, () => [
      `${name} runs; it is given up after ${duration(timeoutSeconds)} and kept for ${duration(kept.detached)} after its end`,
      `  its log:  ${at} logs --follow job/${name}`,
      `  end it:   ${at} delete job ${name}`,
    ]);
    return exitCodes.ok;
  }

  /** Follows the log to its end; a connection that breaks is made again where it broke. */
  async function showLog({ pod }: Seen): Promise<void> {
    let last: string | undefined;
    for (let tries = 0; tries < 20 && !io.signal.aborted; tries++) {
      const since = last ? [`--since-time=${last}`] : [];
      const log = kubectl.stream(
        ["logs", "--follow", "--timestamps", `--container=${oneOffContainer}`, ...since, pod],
        "ignore",
      );
      let skip = last;
      for await (const line of createInterface({ input: log.stdout!, crlfDelay: Number.POSITIVE_INFINITY })) {
        const [, at = "", text = ""] = /^(\S+) ?([\s\S]*)$/.exec(line) ?? [];
        // Shown already: `--since-time` counts in whole seconds.
        if (skip && at <= skip) continue;
        skip = undefined;
        last = at;
        io.line({ at, line: text }, text);
      }
      await log;
      const seen = await sessions.look(name).catch(() => undefined);
      if (!seen || seen.stage.at === "ended") return;
    }
  }

  function ended(end: (PodStage & { at: "ended" }) | "deadline" | "gone", { pod }: Seen): number {
    const seconds = Math.round((Date.now() - began) / 1000);
    if (end === "gone")
      throw new UserError(`${name} was taken away while it ran`, "ask who did it: kubectl get events, or run it again");
    const late = end === "deadline" || isGivenUp(end, Date.now() - began, timeoutSeconds);
    const exitCode = late ? timedOut : end.exitCode;
    const reason = late ? "DeadlineExceeded" : end.reason;
    if (late) io.note(`given up: its ${duration(timeoutSeconds)} are over (--timeout)`);
    else if (reason === "OOMKilled") io.note(`it needed more memory than ${limits.memory} (--memory)`);
    else if (reason === "Evicted") io.note(`its node took it away: ${end.message}`);
    if (io.json) io.line({ stack: request.stack, app, job: name, pod, exitCode, reason, seconds }, "");
    return exitCode;
  }
}

/**
 * Whether a container that a signal ended was stopped because its Job's time was over: that is often seen before the Job
 * says so. The Job's clock starts after ours.
 */
export function isGivenUp(
  { exitCode, reason }: Pick<PodStage & { at: "ended" }, "exitCode" | "reason">,
  elapsed: number,
  timeoutSeconds: number,
): boolean {
  const killed = exitCode === 128 + 9 || exitCode === 128 + 15;
  return killed && reason !== "OOMKilled" && reason !== "Evicted" && elapsed >= timeoutSeconds * 1000;
}

function imageOf(job: OneOffJob): string {
  return job.spec.template.spec.containers[0]!.image;
}

/** No shell takes a command line apart, so one that was given as one word cannot work. */
export function refuseUnsplit(command: readonly string[]): void {
  const [program = ""] = command;
  if (command.length === 0 || program.trim() === "")
    throw new UserError(
      "no command was given",
      "give it after --, as: switchboard run panel -- node src/main.js cleanup",
    );
  const shellWords = command.filter((word) => /^(\||\|\||&&|;|>|>>|<|2>|&)$/.test(word));
  if (shellWords.length > 0 || (command.length === 1 && /[\s|&;<>$`]/.test(program))) {
    throw new UserError(
      `${JSON.stringify(command.join(" "))} needs a shell to take it apart, and none is started`,
      `give words (node src/main.js cleanup), or start one that is in the image: -- sh -c '${command.join(" ")}'`,
    );
  }
}
