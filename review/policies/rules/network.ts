import { given } from "../../../components/clouds/shared/facts/demand";
import { at, fieldsOf, isHidden, listOf, stated } from "../../../components/clouds/shared/facts/value";
import { serviceType } from "../../../components/kubernetes/facts/service";
import { demanded } from "../demand";
import type { Rule } from "../model";
import { maySelect, mayShareNamespace, podOf } from "../pods";

const balancerOnlyAtEdge: Rule = {
  name: "balancer-only-at-edge",
  level: "mandatory",
  description:
    "Only the edge's Service is of type LoadBalancer or NodePort, and none has external addresses of its own.",
  why: "Any other would let the world past NGINX: past TLS, limits and logs. External addresses of a Service can also take over traffic that is meant for others (CVE-2020-8554).",
  source: "Kubernetes: Service, publishing Services (service types); CVE-2020-8554",
  resource: demanded("balancer-only-at-edge"),
};

const servicesReachPods: Rule = {
  name: "service-has-pods",
  level: "mandatory",
  description: "Every Service selects pods that the stack makes.",
  why: "A Service without pods answers nobody, and with a wrong selector it may send to pods that are somebody else's.",
  source: "Kubernetes: Service, defining a Service",
  stack: (resources) =>
    resources.flatMap((resource) => {
      if (resource.type !== serviceType || at(resource.inputs, "spec.type") === "ExternalName") return [];
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
  resource: demanded("network-policy-not-open"),
};

/** Which pods reach which inside the cluster, and by which door the world comes in. */
export const network: readonly Rule[] = [balancerOnlyAtEdge, servicesReachPods, defaultDeny, policiesNotOpen];
