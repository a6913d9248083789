import { cloudOf } from "../../clouds";
import { show } from "../../schema/fields";
import { type Image, isPinned } from "../../schema/values/image";
import type { Check } from "./check";

/** Seconds between the WebSocket pings of a chat client. */
const clientHeartbeatSeconds = 25;
/** A node that is taken away by the cluster autoscaler waits no longer for its pods (`max-graceful-termination-sec`). */
const autoscalerPatience = 600;
/** Seconds that a pod is given above the sum of its waits. */
const graceMargin = 10;
/** Longest that the API server lets a pod take (an hour is far beyond what a release should wait). */
const longestGrace = 3600;

const websocketIdle: Check = ({ edge }, { errors }) => {
  if (edge && edge.websocketIdleSeconds <= clientHeartbeatSeconds) {
    errors.push(
      `edge.websocketIdleSeconds: ${edge.websocketIdleSeconds} is not above the ${clientHeartbeatSeconds} seconds between the pings of a chat client; use ${2 * clientHeartbeatSeconds} or more`,
    );
  }
};

/** Seconds that each kind of pod may take to stop, as a sum of the settings it is made of. */
const stopping: Check = ({ cluster, edge, panel, workers, chat, operations }, { errors, warnings }) => {
  if (!edge || !panel || !workers || !chat || !operations) return;
  const balancer = cluster ? cloudOf("cluster", cluster.kind)!.deregistrationSeconds : 0;
  const sums = {
    "edge.drainSeconds": [Math.max(edge.preStopSeconds, balancer), edge.drainSeconds],
    "panel.shutdownSeconds": [edge.upstreamPreStopSeconds, panel.shutdownSeconds],
    "workers.jobTimeoutSeconds": [workers.jobTimeoutSeconds],
    "chat.drainSeconds": [edge.upstreamPreStopSeconds, chat.drainSeconds],
  };
  for (const [key, waits] of Object.entries(sums)) {
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

const variables: Check = (settings, { errors }) => {
  for (const app of ["panel", "chat"] as const) {
    const { env = {}, secretEnv = {} } = settings[app] ?? {};
    for (const name of Object.keys(secretEnv)) {
      if (Object.hasOwn(env, name)) errors.push(`${app}.env.${name}: is also in ${app}.secretEnv; keep one`);
    }
  }
};

/** Policies of the platform's own namespace let in only whom the platform knows. */
const openings: Check = ({ cluster, panel, workers, chat }, { errors }) => {
  const lists = {
    "panel.egress": panel?.egress,
    "workers.egress": workers?.egress,
    "chat.egress": chat?.egress,
    ...Object.fromEntries(
      Object.entries(panel?.schedules ?? {}).map(([name, { egress }]) => [`panel.schedules.${name}.egress`, egress]),
    ),
  };
  for (const [key, list] of Object.entries(lists)) {
    for (const [index, { to }] of (list ?? []).entries()) {
      if (to !== "internet" && "namespace" in to && to.namespace === cluster?.namespace) {
        errors.push(
          `${key}[${index}].service.namespace: ${show(to.namespace)} is the platform's own namespace, whose pods accept no other connections; put the Service in another namespace`,
        );
      }
    }
  }
};

const replicas: Check = (settings, found) => {
  for (const layer of ["panel", "chat", "edge"] as const) {
    if (settings[layer]?.replicas === 1)
      found.refuseInProduction(
        `${layer}.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime`,
      );
  }
  if (settings.workers?.replicas === 0)
    found.warnings.push("workers.replicas: 0 leaves every job waiting; use 1 or more");
};

/** What runs must be what was tested: a tag can be moved to another image. */
const images: Check = (settings, found) => {
  for (const [layer, value] of Object.entries(settings)) {
    for (const [key, image] of Object.entries(value as object)) {
      if (!isImage(image) || isPinned(image) || !isUsed(key, value)) continue;
      found.refuseBeyondDevelopment(
        `${layer}.${key}: ${show(image.reference)} has no digest, and a tag can move to another image. Add it ("${image.reference}@sha256:…", shown by: docker buildx imagetools inspect ${image.reference})`,
      );
    }
  }
};

/** The image of Cloud SQL's proxy has a default, and is run only where the proxy was chosen. */
function isUsed(key: string, layer: object): boolean {
  return key !== "proxyImage" || ("connection" in layer && layer.connection === "authProxy");
}

function isImage(value: unknown): value is Image {
  return typeof value === "object" && value !== null && "reference" in value && "repository" in value;
}

/** What concerns the pods of the product, wherever they run. */
export const appChecks: readonly Check[] = [websocketIdle, stopping, variables, openings, replicas, images];
