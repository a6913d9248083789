import type { Complaint } from "../../../components/clouds/shared/facts/demand";
import {
  at,
  isEveryone,
  isHidden,
  isSame,
  listOf,
  stated,
  textOf,
} from "../../../components/clouds/shared/facts/value";
import { isPublicService, serviceType } from "../../../components/kubernetes/facts/service";
import type { Resource } from "../../../engine/resources/resource";
import { demanded, everywhere, whereProtected } from "../demand";
import type { Rule } from "../model";

const databaseNotPublic: Rule = {
  name: "database-not-public",
  level: "mandatory",
  description: "A database has no address on the internet, and no network is let in past the private one.",
  why: "A database that the internet reaches is one leaked password, or one flaw of the server, away from everybody.",
  source: "CIS AWS Foundations 2.3.3; CIS Google Cloud 6.2.9, 6.5, 6.6",
  resource: demanded("database-not-public"),
};

const clusterApiNotOpen: Rule = {
  name: "cluster-api-not-open",
  level: "mandatory",
  description: "The address of the cluster's API is open to named networks only, never to everybody.",
  why: "Every flaw of the API server and every leaked token would be usable from anywhere.",
  source: "CIS EKS 5.4.1, 5.4.2; CIS GKE 5.6.3, 5.6.4",
  resource: demanded("cluster-api-not-open"),
};

const nodesPrivate: Rule = {
  name: "nodes-private",
  level: "mandatory",
  description: "Nodes have no address on the internet.",
  why: "A node that nobody outside can reach is not attacked from outside; what it needs, it fetches through NAT.",
  source: "CIS GKE 5.6.5; CIS EKS 5.4.3",
  resource: demanded("nodes-private"),
};

/** Ports on which the world may come in: those of the edge's own balancer. Undefined where they are not known. */
function publicPorts(resources: readonly Resource[]): readonly unknown[] | undefined {
  const services = resources.filter(({ type }) => type === serviceType);
  if (services.some(({ inputs }) => isHidden(at(inputs, "spec.type")))) return undefined;
  const lists = services.filter(({ inputs }) => isPublicService(inputs)).map(({ inputs }) => at(inputs, "spec.ports"));
  const ports = lists.flatMap(listOf).map((entry) => at(entry, "port"));
  return lists.some(isHidden) || ports.some(isHidden) ? undefined : ports;
}

/** What a rule of a firewall opens, as far as it matters: a range, or the ICMP without which large packets vanish. */
function opens(rule: unknown): { readonly from: unknown; readonly to: unknown } | undefined {
  const [protocol, from, to] = ["ipProtocol", "fromPort", "toPort"].map((key) => at(rule, key));
  if ([protocol, from, to].some(isHidden) || /^icmp(v6)?$/.test(textOf(protocol) ?? "")) return undefined;
  return { from, to };
}

const firewallNotOpen: Rule = {
  name: "firewall-not-open",
  level: "mandatory",
  description: "A security group lets everybody in on the ports of the edge only.",
  why: "The internet comes in at the balancer, where TLS, limits and logs are, and nowhere else.",
  source: "CIS AWS Foundations 5.2, 5.3; CIS Google Cloud 3.6, 3.7",
  stack: everywhere(({ type, inputs }, resources) => {
    const todo = "name the source in components/clouds/aws/publicAddress.ts or components/clouds/aws/dataNetwork.ts";
    const complain = (rule: unknown, cidr: unknown, path: string): Complaint[] => {
      const [ports, range] = [publicPorts(resources), opens(rule)];
      if (!isEveryone(cidr) || !ports || !range) return [];
      if (range.from === range.to && ports.some((own) => isSame(range.from, String(own)))) return [];
      const which = `${range.from ?? 0} to ${range.to ?? 65535}`;
      const message = `${stated(path, cidr)} for ports ${which}, and the edge's are ${ports.join(", ") || "none"}`;
      return [{ message, todo }];
    };
    if (type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      return ["cidrIpv4", "cidrIpv6"].flatMap((key) => complain(inputs, at(inputs, key), key));
    if (type !== "aws:ec2/securityGroup:SecurityGroup" && type !== "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
      return [];
    return listOf(at(inputs, "ingress")).flatMap((rule, index) =>
      ["cidrBlocks", "ipv6CidrBlocks"].flatMap((key) =>
        listOf(at(rule, key)).flatMap((cidr) => complain(rule, cidr, `ingress[${index}].${key}`)),
      ),
    );
  }),
};

const tlsVersions: Rule = {
  name: "tls-1.2-or-newer",
  level: "mandatory",
  description: "NGINX speaks TLS 1.2 and 1.3 and nothing older, and says so.",
  why: "TLS 1.0 and 1.1 are broken and forbidden (RFC 8996), and the default of an older NGINX still has them.",
  source: "RFC 8996; Mozilla: Server Side TLS, intermediate; CIS NGINX 4.1.4",
  resource: demanded("tls-1.2-or-newer"),
};

const strictTransport: Rule = {
  name: "hsts-on",
  level: "advisory",
  description: "In a protected stack browsers are told for at least half a year to come by HTTPS only (HSTS).",
  why: "Without it the first request of every visit may go out in clear, where somebody on the way can answer it.",
  source: "OWASP: HTTP Strict Transport Security; Mozilla: Strict-Transport-Security",
  stack: whereProtected(demanded("hsts-on")),
};

/** What the internet reaches, and how. */
export const exposure: readonly Rule[] = [
  databaseNotPublic,
  clusterApiNotOpen,
  nodesPrivate,
  firewallNotOpen,
  tlsVersions,
  strictTransport,
];
