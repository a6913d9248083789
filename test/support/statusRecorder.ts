import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessTo } from "../../cli/cluster/access";
import { FactSource } from "../../cli/commands/status/collect";
import type { Facts } from "../../cli/commands/status/facts";
import { readTarget } from "../../engine/stack/target";
import { repository } from "./plan";

/** Where recorded states lie, one file each. */
export const recordings = join(repository, "test/fixtures/status");

const picked = (from: any, ...keys: readonly string[]) =>
  Object.fromEntries(keys.flatMap((key) => (from?.[key] === undefined ? [] : [[key, from[key]]])));

function metadataOf({ labels, ownerReferences, ...metadata }: any): any {
  const known = Object.entries(labels ?? {}).filter(([key]) => /^(app\.)?kubernetes\.io\//.test(key));
  return {
    ...picked(metadata, "name", "uid", "generation", "creationTimestamp", "deletionTimestamp"),
    labels: Object.fromEntries(known),
    ...(ownerReferences && { ownerReferences: ownerReferences.map((owner: any) => picked(owner, "kind", "name")) }),
  };
}

function statusOf(status: any): any {
  const { conditions, containerStatuses, initContainerStatuses, nodeInfo } = status;
  const containers = (list: any[]) =>
    list.map((container) => picked(container, "name", "image", "ready", "restartCount", "state", "lastState"));
  return {
    ...picked(status, "phase", "reason", "message", "observedGeneration", "replicas", "readyReplicas"),
    ...picked(status, "updatedReplicas", "currentRevision", "updateRevision", "startTime", "completionTime"),
    ...picked(status, "active", "failed", "lastScheduleTime", "lastSuccessfulTime", "loadBalancer"),
    ...(conditions && {
      conditions: conditions.map((each: any) =>
        picked(each, "type", "status", "reason", "message", "lastTransitionTime"),
      ),
    }),
    ...(containerStatuses && { containerStatuses: containers(containerStatuses) }),
    ...(initContainerStatuses && { initContainerStatuses: containers(initContainerStatuses) }),
    ...(nodeInfo && { nodeInfo: picked(nodeInfo, "kubeletVersion") }),
  };
}

/** Of an object, what the status may look at; the rest is long and says nothing more. */
function trimmed(object: any): any {
  const { kind, metadata, spec, status, endpoints } = object;
  const containers = spec?.template?.spec?.containers?.map((each: any) => picked(each, "image"));
  if (kind === "Event") {
    const said = picked(object, "type", "reason", "message", "lastTimestamp", "eventTime", "series");
    return {
      kind,
      metadata: metadataOf(metadata),
      ...said,
      involvedObject: picked(object.involvedObject, "kind", "name", "uid"),
    };
  }
  return {
    ...{ kind, metadata: metadataOf(metadata) },
    ...(spec && {
      spec: {
        ...picked(spec, "replicas", "paused", "nodeName", "schedule", "timeZone", "suspend", "type", "selector"),
        ...picked(spec, "unschedulable"),
        ...(containers && { template: { spec: { containers } } }),
      },
    }),
    ...(status && { status: statusOf(status) }),
    ...(endpoints && {
      endpoints: endpoints.map(({ conditions }: any) => ({ conditions: picked(conditions, "ready") })),
    }),
  };
}

/** Events of an hour are many, and most are of pods that are gone: the newest of a kind about what is there. */
function tellingEvents(objects: readonly any[]): any[] {
  const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const newest = new Map<string, any>();
  for (const event of objects.filter(({ kind }) => kind === "Event")) {
    const { kind, name } = event.involvedObject;
    if (there.has(`${kind}/${name}`)) newest.set(`${kind}/${name} ${event.reason}`, event);
  }
  return [...newest.values()].filter(({ type }) => type === "Warning");
}

/** Facts without what no verdict looks at. */
export function trimmedFacts(facts: Facts): Facts {
  const objects = facts.objects.filter(({ kind }) => kind !== "Event");
  return {
    ...facts,
    objects: [...objects, ...tellingEvents(facts.objects as any[])].map(trimmed),
    nodes: facts.nodes?.map(trimmed),
  };
}

/**
 * Records how the dev stack on the local nodes is right now, for the tests of the verdict:
 * `SWITCHBOARD_STATE=… node --require ./components/loader.cjs test/support/statusRecorder.ts NAME`
 */
async function record(name: string): Promise<void> {
  const target = readTarget("dev");
  const access = await accessTo(target);
  try {
    const facts = trimmedFacts(await new FactSource(target, access).collect());
    writeFileSync(join(recordings, `${name}.json`), `${JSON.stringify(facts, null, 2)}\n`);
  } finally {
    access.close();
  }
}

if (require.main === module) record(process.argv[2]!);
