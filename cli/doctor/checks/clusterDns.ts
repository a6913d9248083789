import { type Finding, failed, ok, unclear } from "../../../components/clouds/shared/doctor/model";
import type { ClusterDns } from "../../../components/contracts";
import { knownResolvers } from "../../../components/network/dns";
import type { SeenDaemonSet, SeenService } from "./balancerKinds";

/** Whether the network policies let pods ask for names in this cluster. */
export function dnsFindings(
  named: ClusterDns | undefined,
  seen: { readonly services: readonly SeenService[]; readonly daemonSets: readonly SeenDaemonSet[] },
): Finding[] {
  const service = dnsService(seen.services);
  if (!service)
    return [
      unclear(
        "no Service that answers for names is seen, so whether the network policies let pods ask is not known",
        "if pods cannot resolve names, name the resolvers in cluster.dns",
      ),
    ];
  const found = [...podsProblem(service, named), ...cacheProblem(service, seen.daemonSets, named)];
  return found.length > 0
    ? found
    : [ok(`names are answered by ${service.metadata.namespace}/${service.metadata.name}`)];
}

/** The DNS Service: by its label or a name of a known distribution, else the one that has port 53 by UDP. */
function dnsService(services: readonly SeenService[]): SeenService | undefined {
  const answering = services.filter(({ spec }) =>
    spec?.ports?.some(({ port, protocol }) => port === 53 && protocol === "UDP"),
  );
  const usual = answering.find(
    ({ metadata }) =>
      metadata.labels?.["k8s-app"] === "kube-dns" || ["kube-dns", "dns-default", "coredns"].includes(metadata.name),
  );
  return usual ?? answering[0];
}

/** Its pods, as a policy is asked about them: by labels, and the port that they listen on. */
function podsProblem({ metadata, spec }: SeenService, named: ClusterDns | undefined): Finding[] {
  const selector = spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return [];
  const target = spec?.ports?.find(({ port }) => port === 53)?.targetPort ?? 53;
  const open = [...knownResolvers, ...(named?.pods ? [named.pods] : [])].some(
    ({ namespace, podLabels, ports }) =>
      namespace === metadata.namespace &&
      Object.entries(podLabels).every(([key, value]) => selector[key] === value) &&
      // A port by its name is another one in each pod; the labels have to do.
      (typeof target === "string" || ports.includes(target)),
  );
  if (open) return [];
  const labels = Object.entries(selector)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
  const port = typeof target === "number" ? target : `the number of its port ${target}`;
  return [
    failed(
      `names are answered by pods of ${metadata.namespace} with ${labels} on port ${port}, which the network policies shut`,
      `cluster.dns: {namespace: ${metadata.namespace}, podLabels: {${labels}}, port: ${port}}`,
    ),
  ];
}

/** NodeLocal DNSCache on the network of the node, at the address of the DNS Service: no policy sees a pod then. */
function cacheProblem({ spec }: SeenService, sets: readonly SeenDaemonSet[], named: ClusterDns | undefined): Finding[] {
  const cache = sets.find(({ metadata }) => /node-?local-?dns|nodelocaldns/.test(metadata.name))?.spec?.template?.spec;
  if (!cache?.hostNetwork) return [];
  const words = (cache.containers ?? []).flatMap(({ args }) => args ?? []);
  const listed = words.flatMap((word, index) =>
    word === "-localip" || word === "--localip"
      ? [words[index + 1] ?? ""]
      : word.replace(/^--?localip=/, "=").startsWith("=")
        ? [word.split("=")[1]!]
        : [],
  );
  const addresses = listed.flatMap((list) => list.split(","));
  const known = ["169.254.20.10", ...(named?.cidrs ?? []).map((cidr) => cidr.split("/")[0]!)];
  const shut = addresses.filter((address) => /^[0-9a-f.:]+$/.test(address) && !known.includes(address));
  // Templates put in the Service's address when they start.
  const templated = addresses.some((address) => address.includes("PILLAR")) && spec?.clusterIP ? [spec.clusterIP] : [];
  const all = [...new Set([...shut, ...templated.filter((address) => !known.includes(address))])];
  if (all.length === 0) return [];
  return [
    failed(
      `a cache on each node (node-local-dns) answers for names at ${all.join(", ")}, which the network policies shut`,
      `cluster.dns.addresses: [${[...known.slice(1), ...all].join(", ")}]`,
    ),
  ];
}
