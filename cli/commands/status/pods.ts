import { neutral } from "../../logs/format";
import { readLine } from "../../logs/record";
import { type ContainerStatus, lastEvent, type PlatformObject, type PodObject, type Terminated } from "./objects";

/** What keeps a pod from being ready. */
export interface PodTrouble {
  /** `CrashLoopBackOff`, `OOMKilled`, `Unschedulable` … */
  readonly reason: string;
  /** In words, with the last line of its log where that is known. */
  readonly text: string;
}

/** Reasons that do not go away by themselves. */
const lasting =
  /^(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError|OOMKilled|Error|Unschedulable|Evicted|StartError|ContainerCannotRun|DeadlineExceeded|NodeLost)$/;

/** Whether a trouble is one that waiting does not cure. */
export function isLasting({ reason }: PodTrouble): boolean {
  return lasting.test(reason);
}

/** Whether a pod is ready for traffic, or has done what it was for. */
export function isReady({ status }: PodObject): boolean {
  return (status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
}

/** How often the containers of a pod were started again. */
export function restartsOf({ status }: PodObject): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

/** Why a container of the pod was started again last. */
export function lastEndOf({ status }: PodObject): Terminated | undefined {
  return (status?.containerStatuses ?? [])
    .flatMap(({ lastState }) => lastState?.terminated ?? [])
    .sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? ""))
    .at(-1);
}

/** What keeps the pod from being ready; undefined for one that is ready, has ended well or is on its way out. */
export function troubleOf(pod: PodObject, objects: readonly PlatformObject[]): PodTrouble | undefined {
  const { status, metadata } = pod;
  if (isReady(pod) || metadata.deletionTimestamp || status?.phase === "Succeeded") return undefined;
  if (status?.reason) return { reason: status.reason, text: reasonText(status.reason, status.message) };
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    const reason = scheduled.reason ?? "Pending";
    return { reason, text: `Pending: ${brief(firstSentence(scheduled.message ?? reason))}` };
  }
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const found = troubleOfContainer(container);
    if (found) return found;
  }
  const probe = lastEvent(objects, pod, /^(Unhealthy|FailedMount|FailedCreatePodSandBox|FailedAttachVolume)$/);
  if (probe) return { reason: probe.reason ?? "NotReady", text: `not ready: ${brief(probe.message ?? "")}` };
  const init = status?.initContainerStatuses?.find(({ ready, state }) => !ready && state?.running);
  if (init) return { reason: "Starting", text: `starting: ${init.name} has not ended yet` };
  return { reason: "Starting", text: "starting" };
}

function troubleOfContainer({ state, lastState, image, ready }: ContainerStatus): PodTrouble | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason && /Image/.test(waiting.reason)) {
    return { reason: waiting.reason, text: `${waiting.reason}: ${image ?? "its image"} cannot be had` };
  }
  if (waiting?.reason === "CrashLoopBackOff") {
    const end = lastState?.terminated;
    return {
      reason: end?.reason === "OOMKilled" ? "OOMKilled" : waiting.reason,
      text: `${waiting.reason}${end ? `: ${endOf(end)}` : ""}`,
    };
  }
  if (waiting?.reason && lasting.test(waiting.reason)) {
    return { reason: waiting.reason, text: reasonText(waiting.reason, waiting.message) };
  }
  if (terminated && !(terminated.exitCode === 0 || ready)) {
    return { reason: terminated.reason ?? "Error", text: endOf(terminated) };
  }
  return undefined;
}

/** `exit code 1, last words: …`, `OOMKilled` */
export function endOf({ reason, exitCode, message }: Terminated): string {
  const how = reason && reason !== "Error" && reason !== "Completed" ? reason : `exit code ${exitCode ?? "unknown"}`;
  const words = lastWords(message);
  return words ? `${how}, last words: ${words}` : how;
}

/** The last line that says something; of JSON its message. The kubelet keeps the end of the log of what failed. */
function lastWords(message: string | undefined): string {
  const lines = (message ?? "").split("\n").filter((line) => /\w/.test(line) && !/^\s+at /.test(line));
  const error = lines.findLastIndex((line) => /error|fatal|fail|could not|cannot/i.test(line));
  const at = error < 0 ? lines.length - 1 : error;
  if (at < 0) return "";
  // What is indented belongs to the line before it.
  const more = /^\s/.test(lines[at + 1] ?? "") ? ` ${lines[at + 1]!.trim()}` : "";
  const line = `${lines[at]!.trim()}${more}`;
  const { message: logMessage, fields } = readLine(line, { tier: "jobs", pod: "", container: "" }, "");
  const err = fields?.err as { readonly message?: unknown } | undefined;
  return brief(
    [logMessage, typeof err?.message === "string" ? err.message : fields?.reason].filter(Boolean).join(": "),
  );
}

/** The scheduler says which nodes do not fit, and then why it moves no other pod away for this one. */
function firstSentence(text: string): string {
  return text.replace(/\.? (no new claims|preemption:).*/s, "");
}

function reasonText(reason: string, message: string | undefined): string {
  return message ? `${reason}: ${brief(message)}` : reason;
}

/** One line that fits a table and cannot do anything to a terminal. */
export function brief(text: string, longest = 160): string {
  const line = neutral(text.replace(/\s+/g, " ").trim());
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
