import type { Properties } from "../values";
import type { Kind } from "./discovery";
import { annotation } from "./inputs";

/** How an object wants to be treated: the official provider's annotations. */
export interface ObjectOptions {
  /** Do not wait until it is ready or gone. */
  readonly skipAwait: boolean;
  /** Seconds to wait at most. */
  readonly timeout: number;
  /** Make it anew if it is in a failed state. */
  readonly replaceUnready: boolean;
  /** Take fields from other field managers. */
  readonly patchForce: boolean;
  readonly deletionPropagation: "Foreground" | "Background" | "Orphan";
}

/** Seconds that the official provider waits: ten minutes, for a volume claim five. */
const defaultTimeout = 600;
const claimTimeout = 300;

/**
 * Reads them from an object's annotations.
 * @param customTimeout seconds from the resource's `customTimeouts`, which come first; 0 means none
 * @throws Error when `pulumi.com/timeoutSeconds` or `pulumi.com/deletionPropagationPolicy` makes no sense
 */
export function objectOptions(object: Properties, customTimeout = 0): ObjectOptions {
  const flag = (key: string) => annotation(object, `pulumi.com/${key}`) === "true";
  return {
    skipAwait: flag("skipAwait"),
    timeout:
      customTimeout ||
      annotatedTimeout(object) ||
      (object.kind === "PersistentVolumeClaim" ? claimTimeout : defaultTimeout),
    replaceUnready: flag("replaceUnready"),
    patchForce: flag("patchForce"),
    deletionPropagation: propagation(annotation(object, "pulumi.com/deletionPropagationPolicy")),
  };
}

function annotatedTimeout(object: Properties): number {
  const text = annotation(object, "pulumi.com/timeoutSeconds");
  if (text === undefined) return 0;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new Error(
    `metadata.annotations: pulumi.com/timeoutSeconds is ${JSON.stringify(text)}; expected seconds above 0`,
  );
}

function propagation(text: string | undefined): ObjectOptions["deletionPropagation"] {
  const policies = { foreground: "Foreground", background: "Background", orphan: "Orphan" } as const;
  const policy = policies[(text ?? "foreground").toLowerCase() as keyof typeof policies];
  if (policy) return policy;
  throw new Error(
    `metadata.annotations: pulumi.com/deletionPropagationPolicy is ${JSON.stringify(text)}; expected ${Object.keys(policies).join(", ")}`,
  );
}

/**
 * For tests: rollouts are called done when they have only begun, as some releases of the official provider do now and
 * then. Everything around the provider has to be right with that.
 */
export function calledDoneAtOnce({ kind }: Kind): boolean {
  return process.env.SWITCHBOARD_DONE_AT_ONCE === "true" && ["Deployment", "StatefulSet"].includes(kind);
}
