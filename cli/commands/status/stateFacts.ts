import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { factsOf } from "../../../components/facts";
import type { StateResource } from "../../../engine/resources/fromState";
import type { ExportedStack, PastUpdate } from "../../../engine/stack/state";
import type { Expected, ManagedServer, OperatedServers, StateFacts, StoredBucket } from "./facts";

/** What the stack has made, as its state says; only what is in the platform's namespace. */
export function stateFacts(
  exported: ExportedStack,
  namespace: string,
  lastUpdate: PastUpdate | undefined,
  lock: StateFacts["lock"],
): StateFacts {
  const resources = (exported.deployment?.resources ?? []).filter((resource) => !resource.delete);
  return {
    resources: resources.length,
    expected: resources.flatMap((resource) => expectedOf(resource, namespace)),
    managed: resources.flatMap(managedOf),
    operated: resources.flatMap((resource) => operatedOf(resource, namespace)),
    buckets: resources.flatMap(bucketOf),
    pending: exported.deployment?.pending_operations?.length ?? 0,
    ...(lock && { lock }),
    ...(lastUpdate && {
      lastUpdate: {
        kind: lastUpdate.kind,
        result: lastUpdate.result,
        ...(lastUpdate.endTime && { at: lastUpdate.endTime }),
        changes: lastUpdate.resourceChanges ?? {},
      },
    }),
  };
}

/** The outputs of the stack; secrets are encrypted objects. */
export function outputsOf(exported: ExportedStack | undefined): Readonly<Record<string, unknown>> {
  return exported?.deployment?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

function expectedOf({ type, inputs, outputs }: StateResource, namespace: string): Expected[] {
  const kind = factsOf(type)?.status;
  // biome-ignore lint/suspicious/noExplicitAny: objects have the shape of their kind
  const object: any = { ...inputs, ...outputs };
  if (!kind || object.metadata?.namespace !== namespace || typeof object.metadata?.name !== "string") return [];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const spec: any = inputs?.spec;
  const replicas = spec?.replicas;
  const image = spec?.template?.spec?.containers?.[0]?.image;
  return [
    {
      kind,
      name: object.metadata.name,
      ...(typeof replicas === "number" && { replicas }),
      ...(typeof image === "string" && { image }),
      ...(object.metadata.labels && { labels: object.metadata.labels }),
    },
  ];
}

/** A server that a cloud runs. */
function managedOf({ type, id, outputs, inputs }: StateResource): ManagedServer[] {
  const known = factsOf(type)?.managed;
  if (!known) return [];
  const all = { ...inputs, ...outputs };
  const what = `${known.product} ${known.running(all)}`;
  return [{ tier: known.tier, what, name: String(all.name ?? all.identifier ?? id ?? "") }];
}

/** Servers that an operator makes of an object in the namespace. */
function operatedOf({ type, inputs = {} }: StateResource, namespace: string): OperatedServers[] {
  const known = factsOf(type)?.operated;
  // biome-ignore lint/suspicious/noExplicitAny: objects have the shape of their kind
  const { metadata } = inputs as any;
  if (!known || metadata?.namespace !== namespace || typeof metadata.name !== "string") return [];
  const { tier, label, serverLabels } = known;
  const [replicas, image] = [known.servers(inputs), known.image(inputs)];
  return [
    {
      ...{ tier, name: metadata.name, labels: { ...serverLabels, [label]: metadata.name } },
      replicas: typeof replicas === "number" ? replicas : 1,
      ...(typeof image === "string" && { image }),
    },
  ];
}

/** A bucket of an app. */
function bucketOf({ type, outputs, inputs }: StateResource): StoredBucket[] {
  const known = factsOf(type)?.bucket;
  return known ? [{ product: known.product, name: String(known.name({ ...inputs, ...outputs }) ?? "") }] : [];
}

/** The lock of a backend in a folder of this machine, if somebody holds it. */
export function lockIn(folder: string | undefined, stack: string): StateFacts["lock"] {
  if (!folder) return undefined;
  const base = join(folder, ".pulumi", "locks");
  try {
    for (const entry of readdirSync(base, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".json") || !entry.parentPath.endsWith(`/${stack}`)) continue;
      const { username, hostname, pid, timestamp } = JSON.parse(
        readFileSync(join(entry.parentPath, entry.name), "utf8"),
      );
      return { who: `process ${pid} of ${username} on ${hostname}`, ...(timestamp && { since: String(timestamp) }) };
    }
  } catch {
    // There is no lock, or it has gone while it was read.
  }
  return undefined;
}
