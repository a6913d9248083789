import { appSpecs } from "../../apps";
import type { ProcessSpec } from "../../apps/shared/spec";
import { cloudOf } from "../../clouds";
import { show } from "../../schema/fields";
import { keyName } from "../../schema/report";
import { isPinned, namedImages } from "../../schema/values/image";
import type { Check, Layers } from "./check";

/** A node that is taken away by the cluster autoscaler waits no longer for its pods (`max-graceful-termination-sec`). */
const autoscalerPatience = 600;
/** Seconds that a pod is given above the sum of its waits. */
const graceMargin = 10;
/** Longest that the API server lets a pod take (an hour is far beyond what a release should wait). */
const longestGrace = 3600;

const websocketIdle: Check = (settings, { errors }) => {
  const { edge } = settings;
  for (const { name, routes = [] } of appSpecs(settings))
    for (const { heartbeatSeconds } of routes)
      if (edge && heartbeatSeconds !== undefined && edge.websocketIdleSeconds <= heartbeatSeconds)
        errors.push(
          `edge.websocketIdleSeconds: ${edge.websocketIdleSeconds} is not above the ${heartbeatSeconds} seconds between the pings of a ${name} client; use ${2 * heartbeatSeconds} or more`,
        );
};

/** Seconds that each kind of pod may take to stop, as a sum of the settings it is made of. */
const stopping: Check = (settings, { errors, warnings }) => {
  const { cluster, edge, operations } = settings;
  if (!edge || !operations) return;
  const balancer = cluster ? cloudOf("cluster", cluster.kind)!.deregistrationSeconds : 0;
  const stops = [
    { key: "edge.drainSeconds", waits: [Math.max(edge.preStopSeconds, balancer), edge.drainSeconds] },
    ...processesOf(settings).map(({ stop }) => stop),
  ];
  for (const { key, waits } of stops) {
    const grace = [...waits, graceMargin].reduce((sum, wait) => sum + wait, 0);
    const shown = `${[...waits, graceMargin].join(" + ")} = ${grace} seconds`;
    if (grace > longestGrace) {
      errors.push(`${key}: a pod would take up to ${shown} to stop; use at most ${longestGrace} together`);
    } else if (grace > operations.rolloutTimeoutSeconds) {
      errors.push(
        `${key}: a pod may take ${shown} to stop, longer than operations.rolloutTimeoutSeconds (${operations.rolloutTimeoutSeconds}); lower it, or raise operations.rolloutTimeoutSeconds to ${grace} or more`,
      );
    } else if (grace > autoscalerPatience) {
      warnings.push(
        `${key}: a pod may take ${shown} to stop; cluster autoscalers wait ${autoscalerPatience} by default and then cut it off`,
      );
    }
  }
};

/** The pods of all apps that run until they are told to stop. */
function processesOf(settings: Layers): ProcessSpec[] {
  return appSpecs(settings).flatMap(({ processes }) => processes);
}

const variables: Check = (settings, { errors }) => {
  for (const { path, env, secretEnv } of appSpecs(settings).flatMap(({ variables }) => variables)) {
    for (const name of Object.keys(secretEnv)) {
      if (Object.hasOwn(env, name))
        errors.push(`${path.join(".")}.env.${name}: is also in ${path.join(".")}.secretEnv; keep one`);
    }
  }
};

/** Policies of the platform's own namespace let in only whom the platform knows. */
const openings: Check = (settings, { errors }) => {
  const ofJobs = appSpecs(settings).flatMap(({ jobs }) => jobs.flatMap(({ egress }) => egress ?? []));
  for (const { key, list } of [...processesOf(settings).map(({ egress }) => egress), ...ofJobs]) {
    for (const [index, { to }] of list.entries()) {
      if (to !== "internet" && "namespace" in to && to.namespace === settings.cluster?.namespace) {
        errors.push(
          `${key}[${index}].service.namespace: ${show(to.namespace)} is the platform's own namespace, whose pods accept no other connections; put the Service in another namespace`,
        );
      }
    }
  }
};

const replicas: Check = (settings, found) => {
  const serving = processesOf(settings).filter(({ service, heldVolume }) => service && heldVolume === undefined);
  for (const { key, replicas } of [...serving, ...(settings.edge ? [{ ...settings.edge, key: "edge" }] : [])]) {
    if (replicas === 1)
      found.refuseInProduction(
        `${key}.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime`,
      );
  }
  for (const { key, service, heldVolume } of processesOf(settings)) {
    if (service && heldVolume !== undefined)
      found.warnInProduction(
        `${key}.replicas: 1 means an outage whenever its pod is moved, and ${heldVolume} allows no second one; use accessMode ReadWriteMany, or keep the data elsewhere`,
      );
  }
  for (const { key, replicas, service } of processesOf(settings)) {
    if (!service && replicas === 0) found.warnings.push(`${key}.replicas: 0 leaves every job waiting; use 1 or more`);
  }
};

/** What runs must be what was tested: a tag can be moved to another image. */
const images: Check = (settings, found) => {
  for (const { path, image, beside } of namedImages(settings)) {
    if (isPinned(image) || !isUsed(path.at(-1), beside)) continue;
    found.refuseBeyondDevelopment(
      `${keyName(path)}: ${show(image.reference)} has no digest, and a tag can move to another image. Add it ("${image.reference}@sha256:…", shown by: docker buildx imagetools inspect ${image.reference})`,
    );
  }
};

/** The image of Cloud SQL's proxy has a default, and is run only where the proxy was chosen. */
function isUsed(key: string | undefined, layer: object): boolean {
  return key !== "proxyImage" || ("connection" in layer && layer.connection === "authProxy");
}

/** What concerns the pods of the product, wherever they run. */
export const appChecks: readonly Check[] = [websocketIdle, stopping, variables, openings, replicas, images];
