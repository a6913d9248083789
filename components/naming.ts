import { createHash } from "node:crypto";
import type { PodIdentity } from "./contracts";

/** `app.kubernetes.io/part-of` of everything in the cluster. */
export const product = "switchboard";

/**
 * The component of pods that people start by hand (`switchboard console`, `switchboard run`). They reach what their app
 * reaches, and no Service and no controller selects them.
 */
export const consoleComponent = "console";

/** Label of the network policies that hold what the settings open (`egress`) and nothing else. */
export const chosenLabel = "switchboard.dev/egress";

/** Where cert-manager runs, and as whom: its chart's own names, to which clouds grant the rights for DNS-01. */
export const certManagerAccount = { namespace: "cert-manager", name: "cert-manager" } as const;

/** What every object of one environment says of itself. */
export interface ReleaseLabels {
  /** The environment, e.g. `dev`. */
  readonly stage: string;
  /** What runs, e.g. an image tag; label-safe text is made of it. */
  readonly version: string;
}

/** What everything says that the program makes in a cluster: what it is a part of, and who looks after it. */
export const ownLabels = {
  "app.kubernetes.io/part-of": product,
  "app.kubernetes.io/managed-by": "pulumi",
} as const;

/**
 * What the cluster of a stack is called in its cloud, before the cloud's own limits, and what belongs to it: by the name
 * that the stack was made under (`operations.name`), so that a renamed stack keeps what it has.
 */
export function fullNameOf({
  project,
  operations,
}: {
  project: string;
  operations: { readonly name: string };
}): string {
  return `${project}-${operations.name}`;
}

/** What the own volume of a server with a disk is called in its pod. */
export const dataVolume = "data";

/** The claim of that volume: the name that a StatefulSet gives the claim of its first pod. */
export function firstClaim(server: string): string {
  return `${dataVolume}-${server}-0`;
}

/** The fixed labels that selectors use: never the version or the stage, because a selector cannot be changed in place. */
export function selectorLabels(identity: PodIdentity): Record<string, string> {
  if (identity.labels) return { ...identity.labels };
  return { "app.kubernetes.io/name": identity.name, "app.kubernetes.io/component": identity.component };
}

/** The label that tells pods of one identity apart; none where there are no others. */
export function instanceLabel(instance: string | undefined): Record<string, string> {
  return instance === undefined ? {} : { "app.kubernetes.io/instance": instance };
}

/** All standard labels of an object: role, part, stage and version. */
export function standardLabels(identity: PodIdentity, release: ReleaseLabels): Record<string, string> {
  return {
    ...selectorLabels(identity),
    ...ownLabels,
    ...(release.version ? { "app.kubernetes.io/version": labelValue(release.version) } : {}),
    "switchboard.dev/stage": labelValue(release.stage),
  };
}

/**
 * Text as a label value: at most 63 characters of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
 */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

/** The version that an image reference stands for: its tag, else the first 12 hex digits of its digest. */
export function imageVersion(reference: string): string {
  const [name = "", digest] = reference.split("@");
  const tag = name.slice(name.lastIndexOf("/") + 1).split(":")[1];
  return tag ?? digest?.replace(/^sha256:/, "").slice(0, 12) ?? "untagged";
}

/** Ten hex digits that stand for these values: equal values in equal order give equal digits. */
export function shortHash(...values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 10);
}

/**
 * A DNS-1123 label of at most 63 characters: a name that is too long keeps its start and ends with a hash of the whole,
 * so that two long names stay different.
 */
export function dnsLabel(name: string): string {
  return name.length <= 63 ? name : `${name.slice(0, 52)}-${shortHash(name)}`;
}
