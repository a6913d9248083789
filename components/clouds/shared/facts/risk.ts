import type { Inputs } from ".";
import type { Resource } from "./resource";
import { isObject } from "./value";

/** Something that is not made again by making it again. */
export interface Stateful {
  /** What people call it. */
  readonly noun: string;
  /** What is gone when it is deleted or replaced: `… is lost`, as the end of a sentence. */
  readonly loss: string;
  /** What happens instead where the new one is made before the old one goes; without it the loss is the same. */
  readonly succeeded?: string;
  /** Whether a change in place touches nothing of what it holds. */
  readonly unshaken?: true;
}

/** A property that keeps data or service from being lost, and how it can be weakened. */
export interface Safeguard {
  readonly path: string;
  readonly weaker: (before: unknown, after: unknown) => boolean;
  readonly risk: "danger" | "caution";
  /** What it means, as the end of a sentence. */
  readonly loss: string;
}

/** A safeguard that becomes one of some values. */
export function isNow(...values: readonly string[]): Safeguard["weaker"] {
  return (before, after) => before !== after && values.includes(String(after)) && before !== undefined;
}

/** A change of a number or a version that takes something away or has to be watched, as a sentence's end. */
export interface Watched {
  readonly path: string;
  readonly risk: "danger" | "caution";
  readonly what: string;
}

/** Looks at a resource before and after. */
export type Watch = (before: Resource, after: Resource) => Watched[];

/** A difference that nobody made by hand: what keeps the field is a controller, an autoscaler or the API server. */
export interface KeptByOthers {
  /** The whole path as it is shown. */
  readonly path: RegExp;
  /** What kind of difference is expected: most owners only add what the program does not give. @default any */
  readonly kind?: "add" | "change" | "remove";
  /** More that must hold. */
  readonly when?: (at: DriftedValue) => boolean;
  /** Who keeps it, for `--all`. */
  readonly why: string;
}

/** One value that is otherwise than the stack left it. */
export interface DriftedValue {
  readonly path: string;
  readonly kind: "add" | "change" | "remove";
  readonly before?: unknown;
  readonly after?: unknown;
  /** The resource that it is of, as it was and as it is. */
  readonly resource: { readonly before?: Resource; readonly after?: Resource };
  /** The resources of the stack as the program made them. */
  readonly all: readonly Resource[];
}

/** A number that is lower than before. */
export function lower(path: string, what: (from: unknown, to: unknown) => string): Watch {
  return (before, after) => {
    const [from, to] = both(before, after, path);
    if (typeof from !== "number" || typeof to !== "number" || to >= from) return [];
    return [{ path, risk: to === 0 ? "danger" : "caution", what: what(from, to) }];
  };
}

/** A value that is another than before. */
export function other(path: string, what: (from: unknown, to: unknown) => string): Watch {
  return (before, after) => {
    const [from, to] = both(before, after, path);
    return from === undefined || to === undefined || JSON.stringify(from) === JSON.stringify(to)
      ? []
      : [{ path, risk: "caution", what: what(from, to) }];
  };
}

/** A switch that is on, or off, and was not. */
export function turned(path: string, to: boolean, what: string): Watch {
  return (before, after) => {
    const values = both(before, after, path);
    return values[0] === !to && values[1] === to ? [{ path, risk: "danger", what }] : [];
  };
}

/**
 * Objects that are deleted by their age, and were not, or not as soon.
 *
 * @param daysOf the age; undefined where there is none
 */
export function expires(path: string, daysOf: (inputs: Inputs) => number | undefined): Watch {
  return (before, after) => {
    const [from, to] = [daysOf(before.inputs), daysOf(after.inputs)];
    if (to === undefined || (from !== undefined && from <= to)) return [];
    return [{ path, risk: "danger", what: `objects that are older than ${to} days are deleted` }];
  };
}

/** The values at a path before and after. */
export function both(before: Resource, after: Resource, path: string): [unknown, unknown] {
  const keys = path.split(".");
  const read = (resource: Resource) =>
    keys.reduce<unknown>(
      (here, key) => (isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined),
      resource.inputs,
    );
  return [read(before), read(after)];
}

/** Whether a number is larger than before. */
export function isGrown(before: unknown, after: unknown): boolean {
  return typeof before === "number" && typeof after === "number" && after > before;
}

export const fewerAtLeast = (from: unknown, to: unknown) => `fewer are kept at least (${from} → ${to})`;
export const fewerAtMost = (from: unknown, to: unknown) =>
  `it may grow less (${from} → ${to}); pods that do not fit wait`;
export const controlPlaneMoves = (from: unknown, to: unknown) =>
  `the control plane moves from ${from} to ${to} and cannot go back`;
export const upgraded = (from: unknown, to: unknown) =>
  `it moves from version ${from} to ${to}, restarts, and cannot go back`;
export const exchanged = (from: unknown, to: unknown) => `its nodes are exchanged (${from} → ${to})`;
export const restarts = (from: unknown, to: unknown) => `the database restarts (${from} → ${to})`;
export const publicApi = "the cluster's API gets a public address, for the networks that are allowed";

/** What is lost with a thing that several clouds have. */
export const lost = {
  address: {
    noun: "static address",
    loss: "the address is given back; DNS records and allow lists elsewhere that name it lead nowhere",
  },
  bucket: { noun: "bucket", loss: "all objects in it are lost" },
  cluster: {
    noun: "cluster",
    loss: "everything that runs in it stops, and what only it holds (volumes, Secrets, certificates) is lost",
  },
  database: (noun: string, backups: string) => ({ noun, loss: `all databases in it are lost, ${backups}` }),
  key: {
    noun: "encryption key",
    loss: "what was encrypted with it (disks, databases, secrets) can no longer be read",
  },
  network: (noun: string) => ({ noun, loss: "everything that is attached to it loses its network" }),
  nodes: (noun: string) => ({
    noun,
    loss: "its machines go; every pod on them is moved or stops, and what is on their disks is lost",
    succeeded:
      "a new one is made first, and pods move to it as their disruption budgets allow; what is on the disks of its machines is lost",
  }),
  redis: { noun: "Redis", loss: "sessions, queued jobs and everything else that it holds are lost" },
  registry: { noun: "image registry", loss: "all images in it are lost; pods cannot be started again" },
  secret: { noun: "stored secret", loss: "its versions are lost; what reads it fails" },
  zone: { noun: "DNS zone", loss: "all its records go, and a new zone has other name servers" },
} as const;
