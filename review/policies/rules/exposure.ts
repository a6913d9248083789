import type { Resource } from "../../../engine/resources/resource";
import { all, byType, demand, everywhere, exactly, must, not, whereProtected } from "../demand";
import type { Complaint, Rule } from "../model";
import { isPublicService } from "../pods";
import { at, fieldsOf, isEveryone, isHidden, isSame, listOf, numberOf, stated, textOf } from "../value";

const databaseNotPublic: Rule = {
  name: "database-not-public",
  level: "mandatory",
  description: "A database has no address on the internet, and no network is let in past the private one.",
  why: "A database that the internet reaches is one leaked password, or one flaw of the server, away from everybody.",
  source: "CIS AWS Foundations 2.3.3; CIS Google Cloud 6.2.9, 6.5, 6.6",
  resource: byType({
    "aws:rds/instance:Instance": demand(
      "publiclyAccessible",
      not(true),
      "set publiclyAccessible to false in components/clouds/aws/postgres.ts",
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": all(
      demand(
        "settings.ipConfiguration.ipv4Enabled",
        exactly(false),
        "set ipv4Enabled to false in components/clouds/gcp/postgres.ts",
      ),
      (inputs) => {
        const path = "settings.ipConfiguration.authorizedNetworks";
        const networks = listOf(at(inputs, path));
        return networks.length === 0
          ? []
          : [
              {
                message: `${stated(path, networks)}, and must be empty`,
                todo: "take the networks away in components/clouds/gcp/postgres.ts: pods reach the database by its private address",
              },
            ];
      },
    ),
  }),
};

const clusterApi = "list the networks that you deploy from in `cluster.api.allowedCidrs`";

const clusterApiNotOpen: Rule = {
  name: "cluster-api-not-open",
  level: "mandatory",
  description: "The address of the cluster's API is open to named networks only, never to everybody.",
  why: "Every flaw of the API server and every leaked token would be usable from anywhere.",
  source: "CIS EKS 5.4.1, 5.4.2; CIS GKE 5.6.3, 5.6.4",
  resource: byType({
    "aws:eks/cluster:Cluster": (inputs) => {
      if (isSame(at(inputs, "vpcConfig.endpointPublicAccess"), false)) return [];
      const path = "vpcConfig.publicAccessCidrs";
      const cidrs = at(inputs, path);
      // Without any EKS opens it to everybody.
      const open = cidrs === undefined || (Array.isArray(cidrs) && (cidrs.length === 0 || cidrs.some(isEveryone)));
      const todo = `${clusterApi}, or close it with \`cluster.api.public\`: false`;
      return open ? [{ message: `${stated(path, cidrs)}, which is everybody`, todo }] : [];
    },
    "gcp:container/cluster:Cluster": (inputs) => {
      const byAddress = at(inputs, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled");
      if (isHidden(byAddress) || isSame(byAddress, false)) return [];
      const path = "masterAuthorizedNetworksConfig.cidrBlocks";
      const blocks = at(inputs, path);
      const open =
        blocks === undefined ||
        (Array.isArray(blocks) && (blocks.length === 0 || blocks.some((entry) => isEveryone(at(entry, "cidrBlock")))));
      return open ? [{ message: `${stated(path, blocks)}, which is everybody`, todo: clusterApi }] : [];
    },
  }),
};

const nodesPrivate: Rule = {
  name: "nodes-private",
  level: "mandatory",
  description: "Nodes have no address on the internet.",
  why: "A node that nobody outside can reach is not attacked from outside; what it needs, it fetches through NAT.",
  source: "CIS GKE 5.6.5; CIS EKS 5.4.3",
  resource: byType({
    "gcp:container/nodePool:NodePool": demand(
      "networkConfig.enablePrivateNodes",
      exactly(true),
      "set enablePrivateNodes in components/clouds/gcp/nodePools.ts",
    ),
    "gcp:container/cluster:Cluster": demand(
      "privateClusterConfig.enablePrivateNodes",
      exactly(true),
      "set enablePrivateNodes in components/clouds/gcp/clusterArgs.ts",
    ),
    "aws:ec2/subnet:Subnet": demand(
      "mapPublicIpOnLaunch",
      not(true),
      "set mapPublicIpOnLaunch to false in components/clouds/aws/network.ts",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (inputs) =>
      listOf(at(inputs, "networkInterfaces")).flatMap((_, index) =>
        must(
          inputs,
          `networkInterfaces[${index}].associatePublicIpAddress`,
          not(true),
          "take the address away in components/clouds/aws/nodePools.ts",
        ),
      ),
  }),
};

/** Ports on which the world may come in: those of the edge's own balancer. Undefined where they are not known. */
function publicPorts(resources: readonly Resource[]): readonly unknown[] | undefined {
  const services = resources.filter(({ type }) => type === "kubernetes:core/v1:Service");
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

/** Texts of ConfigMaps that configure NGINX. */
function nginxConfs(inputs: unknown): [path: string, text: string][] {
  return Object.entries(fieldsOf(at(inputs, "data"))).flatMap(([key, value]) => {
    const text = textOf(value);
    return text !== undefined && /^\s*(listen|ssl_protocols)\s/m.test(text)
      ? [[`data[${key}]`, text] as [string, string]]
      : [];
  });
}

const tlsVersions: Rule = {
  name: "tls-1.2-or-newer",
  level: "mandatory",
  description: "NGINX speaks TLS 1.2 and 1.3 and nothing older, and says so.",
  why: "TLS 1.0 and 1.1 are broken and forbidden (RFC 8996), and the default of an older NGINX still has them.",
  source: "RFC 8996; Mozilla: Server Side TLS, intermediate; CIS NGINX 4.1.4",
  resource: byType({
    "kubernetes:core/v1:ConfigMap": (inputs) =>
      nginxConfs(inputs).flatMap(([path, text]) => {
        if (!/^\s*listen\s[^;]*\bssl\b/m.test(text)) return [];
        const lines = [...text.matchAll(/^\s*ssl_protocols\s+([^;]*);/gm)].map((match) => match[1]!.trim());
        const wrong = lines.filter((line) => line.split(/\s+/).some((version) => !/^TLSv1\.[23]$/.test(version)));
        const todo = "keep TLSv1.2 and TLSv1.3 in components/ingress/nginxTls.ts";
        if (lines.length === 0) return [{ message: `${path}: ssl_protocols is not set`, todo }];
        return wrong.map((line) => ({ message: `${path}: ssl_protocols is ${JSON.stringify(line)}`, todo }));
      }),
  }),
};

const strictTransport: Rule = {
  name: "hsts-on",
  level: "advisory",
  description: "In a protected stack browsers are told for at least half a year to come by HTTPS only (HSTS).",
  why: "Without it the first request of every visit may go out in clear, where somebody on the way can answer it.",
  source: "OWASP: HTTP Strict Transport Security; Mozilla: Strict-Transport-Security",
  stack: whereProtected(
    byType({
      "kubernetes:core/v1:ConfigMap": (inputs) =>
        nginxConfs(inputs).flatMap(([path, text]) => {
          if (!/^\s*listen\s[^;]*\bssl\b/m.test(text)) return [];
          const seconds = numberOf(/Strict-Transport-Security\s+"?max-age=(\d+)/.exec(text)?.[1]);
          if (seconds !== undefined && seconds >= 15_768_000) return [];
          return [
            {
              message: `${path}: ${stated("Strict-Transport-Security max-age", seconds)}, and should be 15768000 or more`,
              todo: "set `edge.hsts.maxAgeSeconds` once HTTPS works for every host",
            },
          ];
        }),
    }),
  ),
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
