import { hstsSeconds } from "../../ingress/settings";
import { show } from "../../schema/fields";
import { hostnamesByKey } from "../../schema/publicHosts";
import { reservedName } from "../../schema/values/reservedNames";
import type { Check, Layers } from "./check";
import { loadBalancerCloud } from "./loadBalancer";

/** The DNS zone of the stack's cloud, where one is given. */
function zoneDomain(cluster: Layers["cluster"]): string | undefined {
  const zone = cluster && "dnsZone" in cluster ? (cluster.dnsZone as { domain: string } | undefined) : undefined;
  return zone?.domain;
}

const isBelow = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

/** Let's Encrypt certifies names of the public DNS only; another authority may be a private one with names of its own. */
const publicNames: Check = ({ edge, apps }, { errors }) => {
  if (edge?.certificate.kind !== "acme" || edge.certificate.directory.authority === "other") return;
  const todo = "use a name that you have registered, or a certificate of kind selfSigned";
  for (const [key, host] of hostnamesByKey({ edge, apps })) {
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

const dnsZone: Check = ({ cluster, edge, apps }, { errors }) => {
  if (!cluster || !edge) return;
  const domain = zoneDomain(cluster);
  if (domain === undefined) {
    if (edge.certificate.kind !== "acme" || edge.certificate.challenge !== "dns01") return;
    const todo = cluster.kind === "existing" ? "use http01" : "set cluster.dnsZone, or use http01";
    const what = cluster.kind === "existing" ? "which a cluster of kind existing has not" : "and there is none";
    errors.push(`edge.certificate.challenge: dns01 makes its records in cluster.dnsZone, ${what}; ${todo}`);
    return;
  }
  for (const [key, host] of hostnamesByKey({ edge, apps })) {
    if (isBelow(host, domain)) continue;
    errors.push(
      `${key}: ${show(host)} is not in cluster.dnsZone.domain (${show(domain)}). So it gets no record and no certificate there; use a name below it, or change or remove cluster.dnsZone`,
    );
  }
};

/** The authority asks on port 80 of each host, from the internet (RFC 8555, 8.3). */
const http01: Check = ({ cluster, edge, apps }, { errors, warnings }) => {
  if (edge?.certificate.kind !== "acme" || edge.certificate.challenge !== "http01") return;
  const dns = loadBalancerCloud(cluster) ? ", or use dns01" : "";
  if (edge.httpPort !== 80) {
    errors.push(
      `edge.httpPort: ${edge.httpPort} is not port 80, to which an ACME authority connects (http01); use 80${dns}`,
    );
  } else if (edge.service.type === "NodePort") {
    warnings.push(
      `edge.service.type: NodePort opens no port 80, to which an ACME authority connects (http01). In front of the nodes, forward port 80 of ${hostnamesByKey(
        { edge, apps },
      )
        .map(([, host]) => host)
        .join(" and ")} to edge.service.httpNodePort${dns}`,
    );
  }
  if (cluster?.kind === "existing" && edge.clientAddress.from === "proxyProtocol") {
    warnings.push(
      'edge.clientAddress.from: proxyProtocol can keep cert-manager from getting a certificate (http01). It first connects to the host itself. Inside the cluster that connection bypasses a load balancer that does not report "ipMode: Proxy"; check that the certificate becomes ready',
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
      `${key}: production issues only a few certificates a week for each domain. This stack is not protected (operations.protect), so it looks like a trial; use staging for trials`,
    );
  }
};

/** What the balancers of the clouds do with the client's address. */
const cloudClientAddress: Check = ({ cluster, edge }, { errors }) => {
  const cloud = loadBalancerCloud(cluster);
  if (!cloud || !edge) return;
  const { from } = edge.clientAddress;
  const key = "edge.clientAddress.from";
  if (from === "xForwardedFor") {
    errors.push(
      `${key}: xForwardedFor needs a load balancer that speaks HTTP. The one of ${cloud.name} forwards connections unchanged, so clients could claim any address; use connection${cloud.loadBalancer.proxyProtocol ? " or proxyProtocol" : ""}`,
    );
  } else if (from === "proxyProtocol" && !cloud.loadBalancer.proxyProtocol) {
    errors.push(
      `${key}: the passthrough load balancer of ${cloud.name} does not speak the PROXY protocol, and keeps the client's address anyway; use connection`,
    );
  }
};

/** The balancers of the clouds listen on the usual ports, because the Service does. */
const cloudPorts: Check = ({ cluster, edge }, { errors, warnings }) => {
  const cloud = loadBalancerCloud(cluster);
  if (!cloud || !edge) return;
  if (edge.service.type === "NodePort") {
    warnings.push(
      `edge.service.type: NodePort on ${cloud.name} creates no load balancer. The nodes have no public addresses; use LoadBalancer, or run your own load balancer in front of them`,
    );
    return;
  }
  for (const [key, usual] of [
    ["httpsPort", 443],
    ["httpPort", 80],
  ] as const) {
    if (edge[key] !== usual)
      errors.push(
        `edge.${key}: ${edge[key]} is not a port that the load balancer of ${cloud.name} listens on; use ${usual}`,
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
  cloudPorts,
];
