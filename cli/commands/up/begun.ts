import type { StateResource } from "../../../engine/resources/fromState";
import type { Stack } from "../../../engine/stack";
import { isObject, isOfOlderStandIn } from "../../../engine/stack/continuity";
import type { ExportedStack } from "../../../engine/stack/state";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import type { ClusterAccess } from "../../cluster/access";
import { type Found, lookUp, type Wanted, whose } from "../../cluster/clusterObject";
import { kubectlOf } from "../../cluster/words";
import { continueAtCloud } from "./begunAtCloud";
import type { Progress } from "./up";

/** A resource as the engine's own state has it, with what `StateResource` leaves out. */
type Entry = StateResource & { readonly initErrors?: readonly string[]; readonly pendingReplacement?: boolean };
type Deployment = NonNullable<ExportedStack["deployment"]>;

/** Why the engine looks at an object again that a killed run has made. Text for people; it is also how we find it again. */
export const begunMark = "a run that was ended made it and did not see it ready";

/**
 * Puts what a killed run has begun to make into the state, before an `up` or a `destroy`. The engine notes what it is about
 * to create; whether it came to be only the cluster knows. The official provider refuses to create what exists since its
 * release 4.29, so that without this no run could ever go on. An object of this stack is the state's from now on, and is
 * waited for again; what was not made is forgotten, and made by the run. So it is with what a cloud was asked for (`begunAtCloud.ts`).
 *
 * @returns whether the run should look first at everything that is there (`--refresh`)
 * @throws UserError where something of another owner has the name: nothing is taken
 */
export async function continueBegun(
  target: Target,
  stack: Stack,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<boolean> {
  const exported = await continueAtCloud(stack, { progress, signal });
  const { deployment } = exported ?? {};
  const begun = (deployment?.pending_operations ?? []).filter(isMade);
  if (!exported || !deployment || (begun.length === 0 && unseen(deployment).length === 0)) {
    return isOfOlderStandIn(exported);
  }
  await progress.step("going on with what a killed run has begun", async (report) => {
    const found = await lookAt(target, begun.map(({ resource }) => resource).filter(isObject), signal);
    const continued = withBegun(deployment, found);
    await stack.replaceState({ ...exported, deployment: continued }, "completed", report);
    const urns = unseen(continued).map(({ urn }) => urn);
    if (urns.length === 0) return;
    // What they look like is the provider's to say, secrets and all.
    await stack.update(
      "refresh",
      report,
      signal,
      urns.flatMap((urn) => ["--target", urn]),
    );
    const seen = await stack.exported();
    if (seen?.deployment)
      await stack.replaceState({ ...seen, deployment: waitedFor(seen.deployment, urns) }, "completed", report);
    progress.note(
      `resources that a killed run began to create exist (${urns.length}), and this run continues with them`,
    );
  });
  return isOfOlderStandIn(exported);
}

/** Creations that are noted in the state and that can be looked up, or are in the state alone. */
function isMade({ type, resource }: { readonly type: string; readonly resource: StateResource }): boolean {
  return type === "creating" && (isObject(resource) || /^(random|tls|pulumi):/.test(resource.type));
}

/** Objects that were put into the state and that the provider has not looked at yet: this was killed in between. */
function unseen({ resources }: Deployment): Entry[] {
  return ((resources ?? []) as Entry[]).filter(
    ({ initErrors, outputs }) =>
      initErrors?.includes(begunMark) === true &&
      (outputs?.metadata as { uid?: string } | undefined)?.uid === undefined,
  );
}

/** By URN, what is there of the objects. @throws UserError where one belongs to somebody else */
async function lookAt(
  target: Target,
  resources: readonly StateResource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  if (resources.length === 0) return new Map();
  // Loaded here: this reads the other commands' ways into a cluster.
  const { accessTo } = await import("../../cluster/access");
  const access = await accessTo(target, { signal, evenWithoutNamespace: true });
  try {
    const all = await Promise.all(
      resources.map(async (resource) => [resource, await find(access, target, resource)] as const),
    );
    return new Map(all.flatMap(([{ urn }, found]) => (found ? [[urn, found] as const] : [])));
  } finally {
    access.close();
  }
}

async function find(
  { kubectl }: ClusterAccess,
  target: Target,
  { inputs, urn }: StateResource,
): Promise<Found | undefined> {
  const wanted = (inputs ?? {}) as unknown as Wanted;
  const found = await lookUp(kubectl, wanted);
  if (!found || found.metadata.deletionTimestamp) return undefined;
  const problem = await whose(kubectl, found, target);
  if (problem === undefined) return found;
  const { namespace, name } = found.metadata;
  const place = namespace ? `${namespace}/${name}` : name;
  throw new UserError(
    `${wanted.kind} ${place} is there, and ${problem}: it is not taken over (${urn.split("::").at(-1)} was about to be made)`,
    `see whose it is: ${kubectlOf(kubectl.options)} get ${wanted.kind.toLowerCase()} ${name}${namespace ? ` --namespace ${namespace}` : ""} --output=yaml; delete it or choose another name, then run this again`,
  );
}

/**
 * A state with what was found, in place of what was noted. Where the object is the replacement of another one, that one now
 * waits to be deleted, as if the run had come one step further.
 */
export function withBegun(deployment: Deployment, found: ReadonlyMap<string, Found>): Deployment {
  const operations = deployment.pending_operations ?? [];
  const created = operations.filter((operation) => isMade(operation) && found.has(operation.resource.urn));
  const urns = new Set(created.map(({ resource }) => resource.urn));
  const before = ((deployment.resources ?? []) as Entry[]).flatMap((entry): Entry[] => {
    if (!urns.has(entry.urn) || entry.delete) return [entry];
    return entry.pendingReplacement ? [] : [{ ...entry, delete: true }];
  });
  return {
    ...deployment,
    resources: [...before, ...created.map(({ resource }) => entryOf(resource, found.get(resource.urn)!))],
    pending_operations: operations.filter((operation) => !isMade(operation)),
  };
}

/** No more than says which object it is: the rest is read by the provider. */
function entryOf(resource: StateResource, { metadata }: Found): Entry {
  const { name, namespace, managedFields = [] } = metadata;
  const { apiVersion, kind } = (resource.inputs ?? {}) as unknown as Wanted;
  const manager = managedFields.find(
    ({ manager, operation }) => operation === "Apply" && manager?.startsWith("pulumi-kubernetes"),
  )?.manager;
  return {
    ...resource,
    id: namespace ? `${namespace}/${name}` : name,
    outputs: {
      ...{ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } },
      ...{ __inputs: resource.inputs, __initialApiVersion: apiVersion },
      // Whoever owns the fields goes on owning them: under another name the next change would be a conflict.
      ...(manager && { __fieldManager: manager }),
    },
    initErrors: [begunMark],
  };
}

function waitedFor(deployment: Deployment, urns: readonly string[]): Deployment {
  const resources = ((deployment.resources ?? []) as Entry[]).map((entry) =>
    urns.includes(entry.urn) && !entry.delete ? { ...entry, initErrors: [begunMark] } : entry,
  );
  return { ...deployment, resources };
}
