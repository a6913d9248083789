import { fromPlan } from "../../../engine/resources/fromPlan";
import type { Resource } from "../../../engine/resources/resource";
import { type committedStacks, plan, stackConfig } from "../../support/plan";

export type StackName = (typeof committedStacks)[number];

/** One change to a committed stack, and what the rule then says. */
export interface Change {
  readonly stack: StackName;
  readonly type: string;
  /** Name of the resource; `*` at its end stands for a hash. */
  readonly name: string;
  /** Inputs by path; `undefined` takes one away. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  /** The resource is taken out of the stack, or put into it. */
  readonly how?: "removed" | "added";
  /** What the message has to contain; empty where nothing is wrong. */
  readonly says: string;
  /** Name of the resource that is complained of, where it is another. */
  readonly about?: string;
}

/** Changes of one resource: `set`, and what is said of it (nothing where that is left out). */
export function on(
  stack: StackName,
  type: string,
  name: string,
): (set: Readonly<Record<string, unknown>>, says?: string, more?: Partial<Change>) => Change {
  return (set, says = "", more = {}) => ({ stack, type, name, set, says, ...more });
}

/** What a rule lets pass, and what it complains of. */
export interface RuleCase {
  readonly passes: readonly Change[];
  readonly fails: readonly Change[];
}

/** The type of a Kubernetes object: `k8s("apps/v1:Deployment")`. */
export const k8s = (kind: string) => `kubernetes:${kind}`;

const kept = new Map<string, Promise<Resource[]>>();

/**
 * The resources of a committed stack.
 *
 * @param preview whether they are as a preview knows them, or as an update does
 */
export function resourcesOf(stack: StackName, preview = true): Promise<Resource[]> {
  const key = `${stack} ${preview}`;
  // One at a time: the SDK keeps what it runs in one place.
  if (!kept.has(key)) kept.set(key, last.then(() => plan(stackConfig(stack), { stack, preview })).then(fromPlan));
  last = kept.get(key)!;
  return last;
}

let last: Promise<Resource[]> = Promise.resolve([]);

const fits = (change: Change, name: string) =>
  change.name.endsWith("*") ? name.startsWith(change.name.slice(0, -1)) : name === change.name;

/** The stack with the change, and the URN of what was changed. */
export async function applied(change: Change): Promise<{ resources: Resource[]; urn: string }> {
  const resources = await resourcesOf(change.stack);
  const found = resources.filter(({ type, name }) => type === change.type && fits(change, name));
  if (change.how === "added") {
    const urn = `urn:pulumi:${change.stack}::switchboard::${change.type}::${change.name}`;
    const { type, name } = change;
    const added = {
      urn,
      type,
      name,
      parent: "",
      custom: true,
      protect: change.protect ?? false,
      dependencies: [],
      read: false,
    };
    return { resources: [...resources, { ...added, inputs: withSet({}, change.set ?? {}) }], urn };
  }
  if (found.length !== 1) throw new Error(`${found.length} resources ${change.type} ${change.name} in ${change.stack}`);
  const [old] = found as [Resource];
  if (change.how === "removed") return { resources: resources.filter((entry) => entry !== old), urn: old.urn };
  const changed = {
    ...old,
    inputs: withSet(structuredClone(old.inputs), change.set ?? {}),
    protect: change.protect ?? old.protect,
  };
  return { resources: resources.map((entry) => (entry === old ? changed : entry)), urn: old.urn };
}

/** Inputs with values at paths: `a.b[0].c`; a key with dots stands in quotes: `data["nginx.conf"]`. */
function withSet(inputs: any, set: Readonly<Record<string, unknown>>): any {
  for (const [path, value] of Object.entries(set)) {
    const keys = [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
      (match) => match[1] ?? match[2] ?? match[3]!,
    );
    let here = inputs;
    for (const key of keys.slice(0, -1)) here = here[key] ??= {};
    const last = keys.at(-1)!;
    const next = typeof value === "function" ? value(here[last]) : value;
    if (next === undefined) delete here[last];
    else here[last] = next;
  }
  return inputs;
}
