import { show } from "./fields";
import type { ParsedLayers } from "./schema";
import { examineCertificate } from "./values/pem";
import { parseBytes } from "./values/resources";

/** Pods above the wished-for number while a release is rolled out (`maxSurge`). */
export const rolloutSurge = 1;
/** Seconds between the WebSocket pings of a chat client. */
export const clientHeartbeatSeconds = 25;
/** Connections that Postgres keeps for administrators (`superuser_reserved_connections`). */
const reservedConnections = 3;
/** Part of the memory limit that Redis' data should fill: the rest is for buffers and the copy while it saves. */
const dataShare = 0.7;
/** A node that is taken away by the cluster autoscaler waits no longer for its pods (`max-graceful-termination-sec`). */
const autoscalerPatience = 600;
/** Seconds that a pod is given above the sum of its waits. */
const graceMargin = 10;
/** Longest that the API server lets a pod take (an hour is far beyond what a release should wait). */
const longestGrace = 3600;

interface Findings {
  readonly errors: string[];
  readonly warnings: string[];
}

/** What lies between settings. Each check runs when the layers it needs are right in themselves. */
export function crossChecks(settings: Partial<ParsedLayers>, now: Date): Findings {
  const found: Findings = { errors: [], warnings: [] };
  for (const check of [
    redisMemory,
    databaseConnections,
    hosts,
    certificate,
    nodePorts,
    ports,
    clientAddress,
    websocketIdle,
    hsts,
    stopping,
    variables,
    replicas,
  ]) {
    check(settings, found, now);
  }
  return found;
}

type Check = (settings: Partial<ParsedLayers>, found: Findings, now: Date) => void;

const redisMemory: Check = ({ redis }, { errors, warnings }) => {
  if (!redis) return;
  const limit = parseBytes(redis.resources.limits.memory);
  const data = parseBytes(redis.maxMemory);
  const advised = `${Math.floor((limit * dataShare) / 2 ** 20)}Mi`;
  if (data >= limit) {
    errors.push(
      `redis.maxMemory: ${show(redis.maxMemory)} is not below the memory limit ${show(redis.resources.limits.memory)}; use about 70 % of it (${show(advised)}), or raise redis.resources.memory`,
    );
  } else if (data > limit * 0.8) {
    warnings.push(
      `redis.maxMemory: ${show(redis.maxMemory)} leaves little of the memory limit ${show(redis.resources.limits.memory)} for buffers; use about 70 % (${show(advised)})`,
    );
  }
};

const databaseConnections: Check = ({ postgres, panel, workers, chat }, { errors }) => {
  if (!postgres || !panel || !workers || !chat) return;
  const jobs = Object.keys(panel.schedules).length;
  const parts = [
    { who: "panel", pods: panel.replicas + rolloutSurge, each: panel.connections },
    { who: "workers", pods: workers.replicas > 0 ? workers.replicas + rolloutSurge : 0, each: panel.connections },
    { who: "chat", pods: chat.replicas + rolloutSurge, each: chat.connections },
    { who: "migrations", pods: 2, each: 1 },
    { who: "scheduled jobs", pods: jobs, each: panel.connections },
  ];
  const needed = parts.reduce((sum, part) => sum + part.pods * part.each, 0);
  const usable = postgres.maxConnections - reservedConnections;
  if (needed <= usable) return;
  const sum = parts
    .filter(({ pods }) => pods > 0)
    .map(({ who, pods, each }) => `${who} ${pods} × ${each}`)
    .join(" + ");
  errors.push(
    `postgres.maxConnections: ${postgres.maxConnections} minus ${reservedConnections} reserved is less than the ${needed} connections of a rollout (${sum}); ` +
      `use ${needed + reservedConnections} or more, or lower panel.connections or chat.connections`,
  );
};

const hosts: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  if (edge.panel.host === edge.chat.host && edge.chat.path === "/") {
    errors.push(
      `edge.chat.host: edge.panel.host and edge.chat.host are both ${show(edge.chat.host)}; use two hosts, or set edge.chat.path to e.g. "/chat"`,
    );
  }
};

const certificate: Check = ({ edge }, { errors, warnings }, now) => {
  if (edge?.certificate.kind !== "provided") return;
  const { certificate: chain, key } = edge.certificate;
  const findings = examineCertificate(chain, key.reveal(), [edge.panel.host, edge.chat.host], now);
  errors.push(...findings.errors.map(({ key: at, message }) => `edge.certificate.${at}: ${message}`));
  warnings.push(...findings.warnings.map((message) => `edge.certificate.certificate: ${message}`));
};

const nodePorts: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { type, httpsNodePort, httpNodePort } = edge.service;
  if (type === "LoadBalancer") {
    for (const [key, port] of Object.entries({ httpsNodePort, httpNodePort })) {
      if (port !== undefined)
        errors.push(
          `edge.service.${key}: ${port} has no use with type LoadBalancer; remove it, or set edge.service.type to NodePort`,
        );
    }
  } else if (httpsNodePort !== undefined && httpsNodePort === httpNodePort) {
    errors.push(`edge.service.httpNodePort: ${httpNodePort} is the port of HTTPS too; use two ports`);
  }
};

const ports: Check = ({ edge }, { errors }) => {
  if (edge && edge.httpsPort === edge.httpPort)
    errors.push(`edge.httpPort: ${edge.httpPort} is edge.httpsPort too; use two ports`);
};

const clientAddress: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { from, trustedProxies } = edge.clientAddress;
  const key = "edge.clientAddress.trustedProxies";
  if (from === "connection") {
    if (trustedProxies.length > 0)
      errors.push(
        `${key}: has no use while edge.clientAddress.from is connection; remove it, or set from to proxyProtocol or xForwardedFor`,
      );
    return;
  }
  if (trustedProxies.length === 0)
    errors.push(`${key}: is empty while edge.clientAddress.from is ${from}; name the networks of the balancers`);
  for (const network of trustedProxies.filter((network) => network.endsWith("/0"))) {
    errors.push(
      `${key}: ${show(network)} trusts everyone to name their own address; name the networks of the balancers only`,
    );
  }
};

const websocketIdle: Check = ({ edge }, { errors }) => {
  if (edge && edge.websocketIdleSeconds <= clientHeartbeatSeconds) {
    errors.push(
      `edge.websocketIdleSeconds: ${edge.websocketIdleSeconds} is not above the ${clientHeartbeatSeconds} seconds between the pings of a chat client; use ${2 * clientHeartbeatSeconds} or more`,
    );
  }
};

const hsts: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { maxAgeSeconds, includeSubDomains, preload } = edge.hsts;
  const year = 31_536_000;
  if (preload && (maxAgeSeconds < year || !includeSubDomains)) {
    errors.push(
      `edge.hsts.preload: true needs edge.hsts.maxAgeSeconds of at least ${year} and includeSubDomains: true (https://hstspreload.org); set both, or preload to false`,
    );
  } else if (includeSubDomains && maxAgeSeconds === 0) {
    errors.push(
      "edge.hsts.includeSubDomains: true has no use while edge.hsts.maxAgeSeconds is 0; set a time, or includeSubDomains to false",
    );
  }
  if (maxAgeSeconds > 0 && edge.certificate.kind === "selfSigned") {
    errors.push(
      `edge.hsts.maxAgeSeconds: ${maxAgeSeconds} with a selfSigned certificate locks out everyone who has not installed its authority; use 0, or a provided certificate`,
    );
  }
};

/** Seconds that each kind of pod may take to stop, as a sum of the settings it is made of. */
const stopping: Check = ({ edge, panel, workers, chat, operations }, { errors, warnings }) => {
  if (!edge || !panel || !workers || !chat || !operations) return;
  const sums = {
    "edge.drainSeconds": [edge.preStopSeconds, edge.drainSeconds],
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

const variables: Check = ({ panel }, { errors }) => {
  for (const name of Object.keys(panel?.secretEnv ?? {})) {
    if (Object.hasOwn(panel!.env, name)) errors.push(`panel.env.${name}: is also in panel.secretEnv; keep one`);
  }
};

const replicas: Check = (settings, { warnings }) => {
  for (const layer of ["panel", "chat", "edge"] as const) {
    if (settings[layer]?.replicas === 1)
      warnings.push(
        `${layer}.replicas: 1 means an outage whenever its pod is moved; use 2 or more for releases without downtime`,
      );
  }
  if (settings.workers?.replicas === 0) warnings.push("workers.replicas: 0 leaves every job waiting; use 1 or more");
};
