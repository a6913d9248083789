import { byType, given } from "../demand";
import type { Complaint, Rule } from "../model";
import { isPublicService, mayBeEdge, maySelect, mayShareNamespace, podOf } from "../pods";
import { at, fieldsOf, isEveryone, isHidden, listOf, stated } from "../value";

const balancerOnlyAtEdge: Rule = {
  name: "balancer-only-at-edge",
  level: "mandatory",
  description:
    "Only the edge's Service is of type LoadBalancer or NodePort, and none has external addresses of its own.",
  why: "Any other would let the world past NGINX: past TLS, limits and logs. External addresses of a Service can also take over traffic that is meant for others (CVE-2020-8554).",
  source: "Kubernetes: Service, publishing Services (service types); CVE-2020-8554",
  resource: byType({
    "kubernetes:core/v1:Service": (inputs) => {
      const todo = "publish it through the edge: components/ingress/nginxConf.ts, `edge.service.type`";
      const addresses = at(inputs, "spec.externalIPs");
      const found: Complaint[] = [];
      if (isPublicService(inputs) && !mayBeEdge(at(inputs, "spec.selector")))
        found.push({
          message: `${stated("spec.type", at(inputs, "spec.type"))} and selects no pods of the edge`,
          todo,
        });
      if (Array.isArray(addresses) && addresses.length > 0)
        found.push({ message: `${stated("spec.externalIPs", addresses)}, and must be empty`, todo });
      return found;
    },
  }),
};

const servicesReachPods: Rule = {
  name: "service-has-pods",
  level: "mandatory",
  description: "Every Service selects pods that the stack makes.",
  why: "A Service without pods answers nobody, and with a wrong selector it may send to pods that are somebody else's.",
  source: "Kubernetes: Service, defining a Service",
  stack: (resources) =>
    resources.flatMap((resource) => {
      if (resource.type !== "kubernetes:core/v1:Service" || at(resource.inputs, "spec.type") === "ExternalName")
        return [];
      const selector = at(resource.inputs, "spec.selector");
      if (isHidden(selector)) return [];
      const found = resources.some((other) => {
        const pod = podOf(other);
        return pod && mayShareNamespace(other, resource) && maySelect({ matchLabels: selector }, pod.labels);
      });
      const empty = !given.holds(selector) || Object.keys(fieldsOf(selector)).length === 0;
      if (found && !empty) return [];
      return [
        {
          urn: resource.urn,
          message: `${stated("spec.selector", selector)}, which selects no pod of this stack`,
          todo: "give it the labels of its pods (selectorLabels of components/naming.ts)",
        },
      ];
    }),
};

const defaultDeny: Rule = {
  name: "network-default-deny",
  level: "mandatory",
  description: "Where pods run, one NetworkPolicy refuses everything that no other allows, in both directions.",
  why: "Without it every pod reaches every other and the internet, so one taken pod is all of them.",
  source: "CIS Kubernetes 5.3.2; Kubernetes: Network Policies, default deny all ingress and all egress traffic",
  stack: (resources) => {
    const policies = resources.filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy");
    const reported = new Set<unknown>();
    return resources.flatMap((resource) => {
      const namespace = at(resource.inputs, "metadata.namespace");
      if (!podOf(resource) || isHidden(namespace) || reported.has(namespace)) return [];
      if (policies.some((policy) => mayShareNamespace(policy, resource) && mayDenyAll(policy.inputs))) return [];
      reported.add(namespace);
      const message = `${stated("metadata.namespace", namespace)}, where no NetworkPolicy with an empty spec.podSelector refuses Ingress and Egress`;
      return [{ urn: resource.urn, message, todo: "keep the deny-all policy of components/network/networkRules.ts" }];
    });
  },
};

function mayDenyAll(inputs: unknown): boolean {
  const [selector, types] = [at(inputs, "spec.podSelector"), at(inputs, "spec.policyTypes")];
  const selectsAll =
    isHidden(selector) || (typeof selector === "object" && Object.keys(fieldsOf(selector)).length === 0);
  const both =
    isHidden(types) ||
    ["Ingress", "Egress"].every((one) => listOf(types).some((entry) => isHidden(entry) || entry === one));
  const none = ["spec.ingress", "spec.egress"].every((path) => {
    const rules = at(inputs, path);
    return isHidden(rules) || listOf(rules).length === 0;
  });
  return selectsAll && both && none;
}

const policiesNotOpen: Rule = {
  name: "network-policy-not-open",
  level: "mandatory",
  description:
    "A NetworkPolicy names who may come in and where pods may go. Only the edge is open to everybody; out to the internet lead named ports, and never to private or metadata addresses.",
  why: "A rule without peers, or with the whole of 0.0.0.0/0, allows everybody, and the metadata addresses give out credentials.",
  source: "CIS Kubernetes 5.3.2; Kubernetes: Network Policies, allow all ingress traffic",
  resource: byType({
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": (inputs) => {
      const edge = mayBeEdge(at(inputs, "spec.podSelector.matchLabels"));
      return [
        ["ingress", "from"],
        ["egress", "to"],
      ].flatMap(([direction, peers]) =>
        listOf(at(inputs, `spec.${direction}`)).flatMap((rule, index) => {
          if (isHidden(rule)) return [];
          const path = `spec.${direction}[${index}].${peers}`;
          const list = at(rule, peers!);
          const open =
            list === undefined ||
            (Array.isArray(list) && (list.length === 0 || list.some((peer) => isEveryone(at(peer, "ipBlock.cidr")))));
          const ports = at(rule, "ports");
          const named = isHidden(ports) || listOf(ports).length > 0;
          const wayOut = direction === "egress" && Array.isArray(list) && list.length > 0 && list.every(sparesPrivate);
          if (!open || (named && (wayOut || (edge && direction === "ingress")))) return [];
          return [
            {
              message: `${stated(path, list)}, which is everybody`,
              todo: "name the peers where the layer asks for the connection (components/network/networkRules.ts)",
            },
          ];
        }),
      );
    },
  }),
};

/** Networks that nobody means by the internet: private ones, those of carriers, and link-local with the metadata. */
const neverPublic = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];

/** Whether a peer is no network of everybody, or one without what is nobody's on the internet. */
function sparesPrivate(peer: unknown): boolean {
  const cidr = at(peer, "ipBlock.cidr");
  if (!isEveryone(cidr)) return true;
  const except = at(peer, "ipBlock.except");
  if (isHidden(except)) return true;
  // Of IPv6 what is given out at all is 2000::/3, and a wider network has private ones in it.
  return cidr === "0.0.0.0/0" && neverPublic.every((network) => listOf(except).includes(network));
}

/** Which pods reach which inside the cluster, and by which door the world comes in. */
export const network: readonly Rule[] = [balancerOnlyAtEdge, servicesReachPods, defaultDeny, policiesNotOpen];
