import { newZones } from "../../../components/clouds/aws/settings/zones";
import { type Change, removed, withChanges } from "../../../engine/stack/changedFile";
import { domainOf, type Given, type Where } from "./questions";

/** The committed stack that a new one of its kind is made from. */
export function baseOf(where: Where): string {
  return { local: "dev", existing: "dev", gke: "prod", eks: "prod-eks" }[where];
}

/** What a new stack is made with besides the answers. */
export interface Surroundings {
  /** The ports of this machine that other stacks on the local nodes have. */
  readonly usedPorts: readonly number[];
  /** Images with their digests, of the committed production stack. */
  readonly images: { readonly postgres: string; readonly edge: string };
}

/** What the answers change in the base. Nothing is changed by what is not answered yet. */
export function changesOf(given: Given, { usedPorts, images }: Surroundings): Change[] {
  const { where, name } = given;
  const changes: Change[] = [];
  const set = (path: string, value: unknown) => {
    if (value !== undefined) changes.push([path, value]);
  };
  set("operations.name", name);
  set("operations.stage", name);
  if (where === "gke" || where === "eks") setCloud(given, set);
  else setCluster(given, set);
  set("edge.panel.host", given.panelHost);
  set("edge.chat.host", given.chatHost);
  set("panel.firstAdministrator", given.admin);
  setCertificate(given, set);
  if (where === "local") {
    const [https, http] = freePorts(usedPorts);
    set("edge.httpsPort", https);
    set("edge.httpPort", http);
  } else if (where === "existing") {
    set("edge.httpsPort", 443);
    set("edge.httpPort", 80);
  }
  if (where === "existing" && given.size === "production") {
    set("postgres.image", images.postgres);
    set("redis.image", given.redisImage);
    set("edge.image", images.edge);
  }
  if (where) for (const [path, value] of sizes[where][given.size ?? "small"]) set(path, value);
  return changes;
}

type Set = (path: string, value: unknown) => void;

function setCluster({ where, context, namespace, registry }: Given, set: Set): void {
  if (where === "local") set("cluster.context", "switchboard-local");
  set("cluster.context", context);
  set("cluster.namespace", namespace);
  for (const app of ["panel", "chat"]) set(`${app}.image.repository`, registry && `${registry}/${app}`);
}

function setCloud(given: Given, set: Set): void {
  const { where, project, projectNumber, account, region, deployer, deployFrom, dnsZone, dnsDomain, panelHost } = given;
  set("cluster.region", region);
  if (where === "gke") {
    set("cluster.project", project);
    set("cluster.projectNumber", projectNumber);
  } else {
    set("cluster.accountId", account);
    if (region) set("cluster.zones", newZones(region));
    set("cluster.access.deployer", deployer);
    if (deployFrom && deployFrom !== "none") {
      set("cluster.api", { public: true, allowedCidrs: [deployFrom], privateCidrs: [] });
    }
    // Those of the base are roles of another account.
    if (account) set("cluster.access.administrators", []);
  }
  const registry = where === "gke" ? googleRegistry(project, region) : amazonRegistry(account, region);
  for (const app of ["panel", "chat"]) set(`${app}.image.repository`, registry && `${registry}/switchboard/${app}`);
  // The base's zone is another's.
  if (dnsZone === undefined || dnsZone === "none") set("cluster.dnsZone", removed);
  else {
    set(where === "gke" ? "cluster.dnsZone.name" : "cluster.dnsZone.id", dnsZone);
    set("cluster.dnsZone.domain", dnsDomain ?? domainOf(panelHost));
  }
}

/** Artifact Registry: https://cloud.google.com/artifact-registry/docs/docker/names */
function googleRegistry(project?: string, region?: string): string | undefined {
  return project && region ? `${region}-docker.pkg.dev/${project}` : undefined;
}

/** ECR: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
function amazonRegistry(account?: string, region?: string): string | undefined {
  return account && region ? `${account}.dkr.ecr.${region}.amazonaws.com` : undefined;
}

function setCertificate(given: Given, set: Set): void {
  const { certificate: kind, admin, directory = "staging", dnsZone, certificateFile, keyFile } = given;
  if (kind === "selfSigned") set("edge.certificate", { kind, validityDays: 90 });
  if (kind === "acme") {
    const challenge = dnsZone === undefined || dnsZone === "none" ? "http01" : "dns01";
    set("edge.certificate", { kind, email: admin, directory, challenge });
  }
  if (kind === "provided" && (certificateFile || keyFile)) {
    const files = { certificate: { file: certificateFile ?? "" }, key: { file: keyFile ?? "" } };
    set("edge.certificate", { kind, ...files });
  }
  // What browsers are told not to forgive must be right for good.
  if (kind && !(kind === "acme" && directory === "production")) set("edge.hsts", removed);
}

/** The first pair of ports from 8443 and 8080 on that no other stack of the local nodes has. */
function freePorts(used: readonly number[]): [number, number] {
  for (let step = 0; ; step++) {
    const pair: [number, number] = [8443 + step, 8080 + step];
    if (!pair.some((port) => used.includes(port))) return pair;
  }
}

const onDev: Record<"small" | "production", readonly Change[]> = {
  small: [["operations.protect", false]],
  production: [
    ["postgres.storage", "20Gi"],
    ["postgres.resources", { cpu: "500m", memory: "1Gi" }],
    ["postgres.maxConnections", 200],
    ["redis.storage", "2Gi"],
    ["redis.maxMemory", "360Mi"],
    ["redis.resources", { cpu: "100m", memory: "512Mi" }],
    ["panel.replicas", 3],
    ["panel.resources", { cpu: "250m", memory: "256Mi" }],
    ["workers.replicas", 2],
    ["workers.resources", { cpu: "250m", memory: "256Mi" }],
    ["chat.replicas", 3],
    ["chat.resources", { cpu: "500m", memory: "512Mi" }],
    ["edge.replicas", 3],
    ["edge.resources", { cpu: "250m", memory: "128Mi" }],
    ["operations.protect", true],
  ],
};

/** On a cloud the base is a production stack; small is what is left when an outage of some minutes is no harm. */
const smallCloud: readonly Change[] = [
  ["panel.replicas", 2],
  ["workers.replicas", 1],
  ["chat.replicas", 2],
  ["edge.replicas", 2],
  ["operations.protect", false],
];

/** What a size changes in the base. */
const sizes: Record<Where, Record<"small" | "production", readonly Change[]>> = {
  local: { small: onDev.small, production: onDev.small },
  existing: onDev,
  gke: {
    small: [
      ["cluster.pools.system.min", 1],
      ["cluster.pools.system.max", 2],
      ["cluster.pools.apps.machineType", "e2-standard-2"],
      ["cluster.pools.apps.min", 2],
      ["cluster.pools.apps.max", 4],
      ["postgres.highAvailability", false],
      ["redis.highAvailability", false],
      ...smallCloud,
    ],
    production: [["operations.protect", true]],
  },
  eks: {
    small: [
      ["cluster.natGateways", "one"],
      ["cluster.pools.system.min", 1],
      ["cluster.pools.system.max", 2],
      ["cluster.pools.apps.machineType", "m7i.large"],
      ["cluster.pools.apps.min", 2],
      ["cluster.pools.apps.max", 4],
      ["postgres.highAvailability", false],
      ["redis.replicas", 0],
      ...smallCloud,
    ],
    production: [["operations.protect", true]],
  },
};

/**
 * The text of a stack's file: the base with these changes; comments and the order of its keys stay.
 *
 * @param base text of the committed stack
 * @param title the first comment line, in place of the base's first comment
 */
export function assemble(base: string, title: string, changes: readonly Change[]): string {
  return `${title}\n${withChanges(base.replace(/^(#.*\n)+/, ""), changes)}`;
}
