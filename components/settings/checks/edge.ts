import { hstsSeconds } from "../../ingress/settings";
import { show } from "../../schema/fields";
import { reservedName } from "../../schema/values/reservedNames";
import type { Check, Layers } from "./check";
import { cloudNames, cloudOf } from "./clouds";

/**
 * Longest silence that an AWS Network Load Balancer keeps a connection open for, in seconds
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html: 60 to 6000), less the ten by
 * which it has to be more patient than NGINX. The lower bound is no bound: NGINX keeps idle connections for longer.
 */
const nlbIdleSeconds = { most: 6000, spare: 10 } as const;

type Edge = NonNullable<Layers["edge"]>;

/** The public host names by their key; once where both are the same. */
function hostnames({ panel, chat }: Edge): [key: string, host: string][] {
  const all: [string, string][] = [
    ["edge.panel.host", panel.host],
    ["edge.chat.host", chat.host],
  ];
  return panel.host === chat.host ? all.slice(0, 1) : all;
}

/** The DNS zone of the stack's cloud, where one is given. */
function zoneDomain(cluster: Layers["cluster"]): string | undefined {
  const zone = cluster && "dnsZone" in cluster ? (cluster.dnsZone as { domain: string } | undefined) : undefined;
  return zone?.domain;
}

const isBelow = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

/** Let's Encrypt certifies names of the public DNS only; another authority may be a private one with names of its own. */
const publicNames: Check = ({ edge }, { errors }) => {
  if (edge?.certificate.kind !== "acme" || edge.certificate.directory.authority === "other") return;
  const todo = "use a name that you have registered, or a certificate of kind selfSigned";
  for (const [key, host] of hostnames(edge)) {
    const reserved = reservedName(host);
    if (reserved) {
      const what = reserved.name === host ? "is reserved" : `is below ${reserved.name}, which is reserved`;
      errors.push(`${key}: ${show(host)} ${what} (${reserved.source}), so no public authority certifies it; ${todo}`);
    } else if (!host.includes(".")) {
      errors.push(`${key}: ${show(host)} has no domain, so no public authority certifies it; ${todo}`);
    }
  }
  const domain = edge.certificate.email.split("@").at(-1)!.toLowerCase();
  const reserved = reservedName(domain);
  if (reserved) {
    errors.push(
      `edge.certificate.email: ${show(edge.certificate.email)} is at a reserved domain (${reserved.source}), which Let's Encrypt refuses; use an address that is read`,
    );
  }
};

const dnsZone: Check = ({ cluster, edge }, { errors }) => {
  if (!cluster || !edge) return;
  const domain = zoneDomain(cluster);
  if (domain === undefined) {
    if (edge.certificate.kind !== "acme" || edge.certificate.challenge !== "dns01") return;
    const todo = cluster.kind === "existing" ? "use http01" : "set cluster.dnsZone, or use http01";
    const what = cluster.kind === "existing" ? "which a cluster of kind existing has not" : "and there is none";
    errors.push(`edge.certificate.challenge: dns01 makes its records in cluster.dnsZone, ${what}; ${todo}`);
    return;
  }
  for (const [key, host] of hostnames(edge)) {
    if (isBelow(host, domain)) continue;
    errors.push(
      `${key}: ${show(host)} is not in cluster.dnsZone.domain (${show(domain)}), so it gets neither address nor certificate there; use a name below it, or change or remove cluster.dnsZone`,
    );
  }
};

/** The authority asks on port 80 of each host, from the internet (RFC 8555, 8.3). */
const http01: Check = ({ cluster, edge }, { errors, warnings }) => {
  if (edge?.certificate.kind !== "acme" || edge.certificate.challenge !== "http01") return;
  const dns = cloudOf(cluster) ? ", or use dns01" : "";
  if (edge.httpPort !== 80) {
    errors.push(
      `edge.httpPort: ${edge.httpPort} is not where an ACME authority asks, which is port 80 (http01); use 80${dns}`,
    );
  } else if (edge.service.type === "NodePort") {
    warnings.push(
      `edge.service.type: NodePort opens no port 80, where an ACME authority asks (http01); have something before the nodes send port 80 of ${hostnames(
        edge,
      )
        .map(([, host]) => host)
        .join(" and ")} to edge.service.httpNodePort${dns}`,
    );
  }
  if (cluster?.kind === "existing" && edge.clientAddress.from === "proxyProtocol") {
    warnings.push(
      'edge.clientAddress.from: proxyProtocol can keep cert-manager from asking for a certificate (http01): it first asks the host itself, and the cluster takes a short way past the balancer unless the balancer reports "ipMode: Proxy"; see whether the certificate becomes ready',
    );
  }
};

/**
 * Certificates of the staging authority are refused by browsers, which everyone sees at once. It is a warning in
 * production too, because it is right for the first `up` there: a mistake in DNS uses up the limits of the real
 * authority (five failed attempts an hour).
 */
const acmeDirectory: Check = ({ edge }, found) => {
  if (edge?.certificate.kind !== "acme") return;
  const { authority } = edge.certificate.directory;
  const key = "edge.certificate.directory";
  if (authority === "staging") {
    found.warnInProduction(
      `${key}: certificates of staging are refused by browsers; use production once a first certificate has been issued`,
    );
    const maxAgeSeconds = hstsSeconds(edge);
    if (maxAgeSeconds > 0)
      found.errors.push(
        `edge.hsts.maxAgeSeconds: ${maxAgeSeconds} with a certificate of staging, which no browser trusts, locks everyone out; use 0, or edge.certificate.directory: production`,
      );
  } else if (authority === "production" && !found.production) {
    found.warnings.push(
      `${key}: production is limited to a few certificates a week for each domain, and this stack is not protected (operations.protect); use staging while you try things out`,
    );
  }
};

/** What the balancers of the clouds do with the client's address. */
const cloudClientAddress: Check = ({ cluster, edge }, { errors }) => {
  const cloud = cloudOf(cluster);
  if (!cloud || !edge) return;
  const { from } = edge.clientAddress;
  const key = "edge.clientAddress.from";
  if (from === "xForwardedFor") {
    errors.push(
      `${key}: xForwardedFor needs a balancer that speaks HTTP, and that of ${cloudNames[cloud]} here passes connections on as they are, so that clients could name any address; use connection${cloud === "eks" ? " or proxyProtocol" : ""}`,
    );
  } else if (from === "proxyProtocol" && cloud === "gke") {
    errors.push(
      `${key}: proxyProtocol is not spoken by the passthrough balancer of Google Cloud, which keeps the client's address as it is; use connection`,
    );
  }
};

const balancerIdle: Check = ({ cluster, edge }, { errors }) => {
  if (cluster?.kind !== "eks" || !edge) return;
  const most = nlbIdleSeconds.most - nlbIdleSeconds.spare;
  if (edge.websocketIdleSeconds <= most) return;
  errors.push(
    `edge.websocketIdleSeconds: ${edge.websocketIdleSeconds} is more than the load balancer of AWS keeps silent connections (60 to ${nlbIdleSeconds.most} seconds, less ${nlbIdleSeconds.spare} to spare); use ${most} or less`,
  );
};

/**
 * Seconds until a Network Load Balancer counts a new pod as well, which the next one waits for: two minutes and more were
 * measured (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1834,
 * https://github.com/awsdocs/elb-network-load-balancers-user-guide/pull/11).
 */
const nlbAdmissionSeconds = 150;

/** NGINX' pods are exchanged one after the other, and a rollout that takes longer than it may counts as failed. */
const edgeRollout: Check = ({ cluster, edge, operations }, found) => {
  if (cluster?.kind !== "eks" || !edge || !operations || edge.service.type !== "LoadBalancer") return;
  const seconds = edge.replicas * nlbAdmissionSeconds;
  if (seconds <= operations.rolloutTimeoutSeconds) return;
  found.refuseInProduction(
    `edge.replicas: ${edge.replicas} pods are exchanged one after the other, and the load balancer of AWS takes up to ${nlbAdmissionSeconds} seconds for each, ${seconds} together, longer than operations.rolloutTimeoutSeconds (${operations.rolloutTimeoutSeconds}); raise it to ${seconds} or more, or use fewer`,
  );
};

/** The balancers of the clouds listen on the usual ports, because the Service does. */
const cloudPorts: Check = ({ cluster, edge }, { errors, warnings }) => {
  const cloud = cloudOf(cluster);
  if (!cloud || !edge) return;
  if (edge.service.type === "NodePort") {
    warnings.push(
      `edge.service.type: NodePort on ${cloudNames[cloud]} makes no balancer, and the nodes have no public addresses; use LoadBalancer unless you run a balancer of your own before them`,
    );
    return;
  }
  for (const [key, usual] of [
    ["httpsPort", 443],
    ["httpPort", 80],
  ] as const) {
    if (edge[key] !== usual)
      errors.push(
        `edge.${key}: ${edge[key]} is not a port that the balancer of ${cloudNames[cloud]} listens on; use ${usual}`,
      );
  }
};

/** The way from the internet to NGINX: names, certificates by ACME, and the clouds' balancers. */
export const edgeChecks: readonly Check[] = [
  publicNames,
  dnsZone,
  http01,
  acmeDirectory,
  cloudClientAddress,
  balancerIdle,
  edgeRollout,
  cloudPorts,
];
