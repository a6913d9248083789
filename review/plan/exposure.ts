import { kindOf, type Resource } from "../../engine/resources/resource";
import { isObject } from "./lists";

/** Somewhere that everybody is let in. */
export interface Opening {
  /** The property that lets them in. */
  readonly path: string;
  /** What is open, as the end of a sentence. */
  readonly what: string;
}

/**
 * What of a resource is open to the whole internet. Compared before and after, so that only what is newly open is told.
 */
export function openings(resource: Resource | undefined): Opening[] {
  if (!resource || resource.read) return [];
  const { type, inputs } = resource;
  const rule = rules.find(({ types }) => types.test(type));
  return [...(rule?.open(inputs ?? {}) ?? []), ...everybody(inputs)];
}

interface Rule {
  readonly types: RegExp;
  // biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
  readonly open: (inputs: any) => Opening[];
}

const rules: readonly Rule[] = [
  { types: /^kubernetes:core\/v1:Service$/, open: service },
  {
    types: /^kubernetes:(networking\.k8s\.io\/v1:Ingress|gateway\.networking\.k8s\.io\/v1:Gateway)$/,
    open: ({ spec }) => [{ path: "spec", what: `the internet reaches ${hostsOf(spec)} through it` }],
  },
  {
    types: /^gcp:sql\/databaseInstance:/,
    open: ({ settings }) => {
      const configuration = settings?.ipConfiguration ?? {};
      return [
        ...(configuration.ipv4Enabled === true
          ? [{ path: "settings.ipConfiguration.ipv4Enabled", what: "the database gets a public address" }]
          : []),
        ...ranges(configuration.authorizedNetworks, "settings.ipConfiguration.authorizedNetworks", "the database"),
      ];
    },
  },
  {
    types: /^aws:(rds|dms|redshift)\//,
    open: ({ publiclyAccessible }) =>
      publiclyAccessible === true ? [{ path: "publiclyAccessible", what: "the database gets a public address" }] : [],
  },
  { types: /^aws:eks\/cluster:/, open: eksEndpoint },
  { types: /^gcp:container\/cluster:/, open: gkeEndpoint },
  {
    types: /^aws:(vpc\/securityGroupIngressRule|ec2\/securityGroup|ec2\/securityGroupRule|ec2\/defaultSecurityGroup):/,
    open: ({ ingress, type, cidrBlocks, ipv6CidrBlocks, cidrIpv4, cidrIpv6, fromPort, toPort, ipProtocol }) => {
      // Answers to ICMP let nobody in.
      if (type === "egress" || /^icmp/.test(String(ipProtocol))) return [];
      const ports =
        fromPort === undefined ? "" : ` on port ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
      const what = `what it guards${ports}`;
      return [
        ...ranges([cidrIpv4, cidrIpv6], cidrIpv4 === undefined ? "cidrIpv6" : "cidrIpv4", what),
        ...ranges([cidrBlocks, ipv6CidrBlocks], "cidrBlocks", what),
        ...ranges(ingress, "ingress", what),
      ];
    },
  },
  {
    types: /^gcp:compute\/firewall:/,
    open: ({ direction, sourceRanges }) =>
      direction === "EGRESS" ? [] : ranges(sourceRanges, "sourceRanges", "what it guards"),
  },
  {
    types: /^aws:s3\/(bucket|bucketV2|bucketAcl|bucketAclV2):/,
    open: ({ acl }) =>
      /^public-/.test(String(acl)) ? [{ path: "acl", what: "everybody may read the bucket's objects" }] : [],
  },
  {
    types: /^aws:s3\/bucketPublicAccessBlock:/,
    open: (inputs) =>
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
        .filter((key) => inputs[key] !== true)
        .map((key) => ({ path: key, what: "the bucket may be made public" })),
  },
];

/** A Service of type LoadBalancer, unless it is internal or lets in only some networks. */
function service({
  metadata,
  spec,
}: {
  metadata?: Record<string, unknown>;
  spec?: Record<string, unknown>;
}): Opening[] {
  if (spec?.type !== "LoadBalancer") return [];
  const annotations = isObject(metadata?.annotations) ? metadata.annotations : {};
  const internal =
    /^internal$/i.test(String(annotations["networking.gke.io/load-balancer-type"])) ||
    /^internal$/i.test(String(annotations["cloud.google.com/load-balancer-type"])) ||
    annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] === "internal" ||
    annotations["service.beta.kubernetes.io/aws-load-balancer-internal"] === "true";
  const sources = Array.isArray(spec.loadBalancerSourceRanges) ? spec.loadBalancerSourceRanges : [];
  if (internal || (sources.length > 0 && !sources.some(isEverybody))) return [];
  const ports = Array.isArray(spec.ports) ? spec.ports.flatMap((entry) => (isObject(entry) ? [entry.port] : [])) : [];
  return [
    { path: "spec.type", what: `the internet reaches its port${ports.length === 1 ? "" : "s"} ${ports.join(", ")}` },
  ];
}

function eksEndpoint(inputs: Record<string, unknown>): Opening[] {
  const vpcConfig = isObject(inputs.vpcConfig) ? inputs.vpcConfig : {};
  if (vpcConfig.endpointPublicAccess === false) return [];
  const cidrs = vpcConfig.publicAccessCidrs;
  const path = "vpcConfig.publicAccessCidrs";
  // AWS lets in everybody where nobody is named.
  if (!Array.isArray(cidrs) || cidrs.length === 0) {
    return vpcConfig.endpointPublicAccess === true ? [{ path, what: "everybody reaches the cluster's API" }] : [];
  }
  return ranges(cidrs, path, "the cluster's API");
}

// biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
function gkeEndpoint(inputs: any): Opening[] {
  const networks = inputs.masterAuthorizedNetworksConfig;
  const path = "masterAuthorizedNetworksConfig.cidrBlocks";
  const address = inputs.controlPlaneEndpointsConfig?.ipEndpointsConfig;
  const hidden = inputs.privateClusterConfig?.enablePrivateEndpoint === true || address?.enabled === false;
  const open = !hidden && networks === undefined ? [{ path, what: "everybody reaches the cluster's API" }] : [];
  return [...open, ...(hidden ? [] : ranges(networks?.cidrBlocks, path, "the cluster's API"))];
}

/** Whoever logs in, or nobody in particular: IAM members of Google, principals of AWS policies, groups of Kubernetes. */
function everybody(inputs: unknown): Opening[] {
  const found: Opening[] = [];
  if (!isObject(inputs)) return found;
  const members = [inputs.member, ...(Array.isArray(inputs.members) ? inputs.members : [])];
  if (members.some((member) => member === "allUsers" || member === "allAuthenticatedUsers")) {
    found.push({ path: "member", what: `everybody on the internet gets ${String(inputs.role ?? "the role")}` });
  }
  if (statementsOf(inputs.policy).some(namesEverybody)) {
    found.push({ path: "policy", what: "its policy allows it to every account of the cloud, without a condition" });
  }
  return found;
}

/** The statements of a policy of AWS. */
function statementsOf(policy: unknown): readonly unknown[] {
  if (typeof policy !== "string") return [];
  try {
    const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
    return Array.isArray(statements) ? statements : [statements];
  } catch {
    return [];
  }
}

/** A condition narrows it, as the key policies of AWS itself do with the caller's account. */
function namesEverybody(statement: unknown): boolean {
  if (!isObject(statement) || statement.Effect !== "Allow" || statement.Condition !== undefined) return false;
  const { Principal: principal } = statement;
  return textsIn(principal).includes("*");
}

/** Networks of everybody in a value, however it holds them. */
function ranges(value: unknown, path: string, what: string): Opening[] {
  const open = [...new Set(textsIn(value).filter(isEverybody))];
  return open.map((range) => ({ path, what: `${range} reaches ${what}` }));
}

/** `0.0.0.0/0`, `::/0`, and networks so large that they are meant to be everybody. */
export function isEverybody(value: unknown): boolean {
  const [, address, bits] = /^([0-9a-f.:]+)\/(\d+)$/i.exec(String(value)) ?? [];
  if (!address) return false;
  const privateNetwork = /^(10\.|127\.|f[cd])/i.test(address);
  return !privateNetwork && Number(bits) < (address.includes(":") ? 16 : 8);
}

function hostsOf(spec: unknown): string {
  const hosts = textsIn(isObject(spec) ? [spec.rules, spec.listeners] : []).filter((text) =>
    /^[a-z0-9*-]+(\.[a-z0-9-]+)+$/.test(text),
  );
  return hosts.length > 0 ? [...new Set(hosts)].join(", ") : "what is behind it";
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** `Service edge-service`. */
export function titleOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${kindOf(type)} ${name}`;
}
