import { UserError } from "../../lib/userError";

/** What a pod of one's own says of itself, as the API server returns it. */
export interface OneOffPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
  };
}

/** How far a pod is. */
export type PodStage =
  | { readonly at: "waiting"; readonly why: string /** Will not come right by itself. */; readonly hopeless: boolean }
  | { readonly at: "running" }
  | { readonly at: "ended"; readonly exitCode: number; readonly reason: string; readonly message: string };

/** Reasons for which a container waits that time does not mend, with what to do. */
const hopeless: Readonly<Record<string, string>> = {
  "exceeded quota":
    "ask for less (--memory, --cpu), wait until others have ended theirs, or raise operations.quota.sparePercent",
  ImagePullBackOff: "bring the image to where the nodes pull it from, or run up again",
  ErrImagePull: "bring the image to where the nodes pull it from, or run up again",
  ErrImageNeverPull: "load the image into the nodes: run up again",
  InvalidImageName: "correct the image in the stack's file, then run up again",
  CreateContainerConfigError:
    "a Secret or ConfigMap that the app names is missing: run up again, which creates the stack's own; create one of secretFrom yourself",
  CreateContainerError: "read the message; run up again if something of the app is missing",
};

/** How far a pod is, from its status. */
export function stageOf({ status = {}, spec = {} }: OneOffPod): PodStage {
  const main = status.containerStatuses?.[0]?.state;
  if (main?.terminated) {
    const { exitCode, reason = "", message = "" } = main.terminated;
    return { at: "ended", exitCode, reason, message };
  }
  if (status.phase === "Failed") {
    const { reason = "Failed", message = "" } = status;
    return { at: "ended", exitCode: 1, reason, message };
  }
  if (main?.running) return { at: "running" };
  const waiting = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .map(({ state }) => state?.waiting)
    .find((state) => state?.reason && state.reason in hopeless);
  if (waiting) return { at: "waiting", why: `${waiting.reason}: ${waiting.message ?? ""}`, hopeless: true };
  const unscheduled = status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) return { at: "waiting", why: unscheduled.message ?? "no node takes it", hopeless: false };
  return { at: "waiting", why: spec.nodeName ? `starting on ${spec.nodeName}` : "waiting for a node", hopeless: false };
}

/**
 * What an event of a Job says of a pod that the API server has refused, shortened to its reason; undefined for any other
 * event. A quota that is not counted yet lets the next try in.
 */
export function refusalIn(message: string): (PodStage & { at: "waiting" }) | undefined {
  const [, why] = /is forbidden: (.+)$/s.exec(message) ?? [];
  if (!why) return undefined;
  return { at: "waiting", why: why.trim(), hopeless: !why.startsWith("status unknown for quota") };
}

/** Why a pod did not come to run, as an error that a person can act on. */
export function notStarted(pod: string, stage: PodStage & { at: "waiting" }, seconds: number): UserError {
  const [reason = ""] = stage.why.split(":");
  return new UserError(
    `${pod} did not start${stage.hopeless ? "" : ` within ${seconds} s`}: ${stage.why}`,
    hopeless[reason] ?? "free some room on the nodes or ask for less (--memory, --cpu), then run this again",
  );
}

/**
 * Whether the container runtime could not start the command at all, which it says with an exit code of its own
 * (128 or 127) that no program gave.
 */
export function commandMissing(stage: PodStage, command: readonly string[], image: string): UserError | undefined {
  if (stage.at !== "ended" || !/^(StartError|ContainerCannotRun|RunContainerError)$/.test(stage.reason))
    return undefined;
  const [program = ""] = command;
  const missing = /not found|no such file/i.test(stage.message);
  return new UserError(
    missing
      ? `the image ${image} has no program ${JSON.stringify(program)}`
      : `${JSON.stringify(program)} could not be started: ${stage.message}`,
    ["sh", "bash", "/bin/sh", "/bin/bash"].includes(program)
      ? "it has no such shell: give the program and its arguments as words instead"
      : "name a program of the image and give its arguments as words of their own, as node src/main.js cleanup",
  );
}
