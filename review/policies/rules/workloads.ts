import { exactly, must } from "../../../components/clouds/shared/facts/demand";
import {
  at,
  fieldsOf,
  isHidden,
  listOf,
  numberOf,
  stated,
  textOf,
} from "../../../components/clouds/shared/facts/value";
import type { Resource } from "../../../engine/resources/resource";
import { demanded, everywhere, isProtected } from "../demand";
import type { Rule, StackComplaint } from "../model";
import { maySelect, mayShareNamespace, type Pod, podOf, replicasOf } from "../pods";

const template = "components/kubernetes/podTemplate.ts";
const replicaSettings =
  "`apps.<name>.processes.<name>.replicas`, `replicas` of an app with a layer of its own, or `edge.replicas`";

const pinnedByDigest = /@sha256:[0-9a-f]{64}$/;
/** The tag of an image that is built from the repository: a digest of its sources (components/images/sourceTag.ts). */
const pinnedBySource = /:src-[0-9a-f]{12}$/;

const imagesPinned: Rule = {
  name: "image-pinned",
  level: "mandatory",
  description:
    "An image has a version. In a protected stack that version cannot change: it is a digest, or the tag of its sources.",
  why: "With `latest`, or a tag that moves, two pods of one rollout can run different code, and a rollback changes nothing.",
  source: "Kubernetes: images, image names; CIS Kubernetes 5.5.1",
  stack: everywhere((resource, resources) => {
    const kept = isProtected(resources);
    const todo =
      "give `apps.<name>.image`, `image` of an app with a layer of its own, `edge.image`, `postgres.image` or `redis.image` a version and, in production, its digest";
    return (podOf(resource)?.containers ?? []).flatMap(({ path, inputs }) => {
      const image = at(inputs, "image");
      const text = textOf(image);
      if (isHidden(image)) return [];
      const where = stated(`${path}.image`, image);
      if (text === undefined) return [{ message: `${where}, and must name an image`, todo }];
      if (pinnedByDigest.test(text) || pinnedBySource.test(text)) return [];
      const tag = /:([^/:]+)$/.exec(text)?.[1];
      if (tag === undefined || tag === "latest") return [{ message: `${where}, which names no version`, todo }];
      return kept ? [{ message: `${where}, whose tag can be moved: it has no digest`, todo }] : [];
    });
  }),
};

const isScaled = ({ type }: Resource) => /^kubernetes:apps\/v1:(Deployment|StatefulSet)$/.test(type);
const isBudget = ({ type }: Resource) => type === "kubernetes:policy/v1:PodDisruptionBudget";

/** Objects with two replicas or more, and their pods. */
function replicated(resources: readonly Resource[]): { owner: Resource; pod: Pod; replicas: number }[] {
  return resources.flatMap((owner) => {
    const [pod, replicas] = [podOf(owner), replicasOf(owner)];
    return isScaled(owner) && pod && replicas !== undefined && replicas >= 2 ? [{ owner, pod, replicas }] : [];
  });
}

const budgets: Rule = {
  name: "disruption-budget",
  level: "mandatory",
  description: "What has two replicas or more has a PodDisruptionBudget.",
  why: "Without one an upgrade of nodes may take all of them at the same time.",
  source: "Kubernetes: specifying a disruption budget for your application",
  stack: (resources) =>
    replicated(resources).flatMap(({ owner, pod, replicas }) =>
      resources.some(
        (other) =>
          isBudget(other) &&
          mayShareNamespace(other, owner) &&
          maySelect(at(other.inputs, "spec.selector"), pod.labels),
      )
        ? []
        : [
            {
              urn: owner.urn,
              message: `spec.replicas is ${replicas} and no PodDisruptionBudget selects its pods`,
              todo: "keep the budget of components/kubernetes/workload.ts",
            },
          ],
    ),
};

/** A count, or a percentage of so many, as Kubernetes rounds it; undefined where it is neither. */
function countOf(value: unknown, of: number): number | undefined {
  const percent = /^(\d+)%$/.exec(textOf(value) ?? "")?.[1];
  return percent === undefined ? numberOf(value) : Math.ceil((Number(percent) / 100) * of);
}

const drains: Rule = {
  name: "disruption-budget-lets-drain",
  level: "mandatory",
  description: "A PodDisruptionBudget always allows one pod to go, and pods that are broken anyway do not count.",
  why: "A budget that allows none stops every upgrade of every node, until somebody deletes it at night.",
  source: "Kubernetes: specifying a disruption budget, unhealthy pod eviction policy; GKE: upgrades and budgets",
  stack: everywhere((resource, resources) => {
    if (!isBudget(resource)) return [];
    const todo = "keep maxUnavailable: 1 and AlwaysAllow in components/kubernetes/workload.ts";
    const found = must(resource.inputs, "spec.unhealthyPodEvictionPolicy", exactly("AlwaysAllow"), todo);
    const [least, most] = [at(resource.inputs, "spec.minAvailable"), at(resource.inputs, "spec.maxUnavailable")];
    const owners = resources.filter((owner) => {
      const pod = podOf(owner);
      return (
        isScaled(owner) &&
        pod &&
        mayShareNamespace(owner, resource) &&
        maySelect(at(resource.inputs, "spec.selector"), pod.labels)
      );
    });
    const replicas = Math.max(0, ...owners.map((owner) => replicasOf(owner) ?? Number.POSITIVE_INFINITY));
    if (countOf(most, replicas) === 0)
      found.push({ message: `${stated("spec.maxUnavailable", most)}, so that no pod may go`, todo });
    const kept = countOf(least, replicas);
    if (kept !== undefined && owners.length > 0 && kept >= replicas)
      found.push({
        message: `${stated("spec.minAvailable", least)} of ${replicas} replicas, so that no pod may go`,
        todo,
      });
    return found;
  }),
};

const spread: Rule = {
  name: "pods-spread",
  level: "mandatory",
  description: "What has two replicas or more is spread over zones.",
  why: "Replicas that all stand in one zone, or on one node, go down together.",
  source: "Kubernetes: pod topology spread constraints; EKS best practices: reliability",
  stack: (resources) =>
    replicated(resources).flatMap(({ owner, pod, replicas }): StackComplaint[] => {
      const path = `${pod.path}.topologySpreadConstraints`;
      const list = at(pod.spec, "topologySpreadConstraints");
      const apart = at(pod.spec, "affinity.podAntiAffinity");
      const keys = listOf(list).map((entry) => at(entry, "topologyKey"));
      if (
        isHidden(list) ||
        isHidden(apart) ||
        keys.some((key) => isHidden(key) || key === "topology.kubernetes.io/zone")
      )
        return [];
      if (JSON.stringify(apart ?? "").includes("topology.kubernetes.io/zone")) return [];
      const message = `${stated(path, list === undefined ? undefined : keys)}, without topology.kubernetes.io/zone, for ${replicas} replicas`;
      return [{ urn: owner.urn, message, todo: `keep it in ${template}` }];
    }),
};

const enoughReplicas: Rule = {
  name: "replicas-in-production",
  level: "advisory",
  description: "In a protected stack what the public uses has two replicas or more.",
  why: "One replica is an outage whenever its node is upgraded or lost.",
  source: "EKS best practices: reliability, run multiple replicas; GKE: preparing for production",
  stack: (resources) =>
    !isProtected(resources)
      ? []
      : resources.flatMap((owner): StackComplaint[] => {
          if (owner.type !== "kubernetes:apps/v1:Deployment") return [];
          const pod = podOf(owner);
          const serves = pod?.containers.some(({ inputs }) => listOf(at(inputs, "ports")).length > 0);
          const replicas = replicasOf(owner);
          if (!serves || replicas === undefined || replicas >= 2) return [];
          return [
            {
              urn: owner.urn,
              message: `${stated("spec.replicas", replicas)}, and should be 2 or more`,
              todo: `set ${replicaSettings}`,
            },
          ];
        }),
};

const rollouts: Rule = {
  name: "rollout-keeps-capacity",
  level: "mandatory",
  description: "A rollout takes no pod away before its successor is ready.",
  why: "A version that does not start then changes nothing for anybody.",
  source: "Kubernetes: Deployments, max unavailable",
  resource: demanded("rollout-keeps-capacity"),
};

/** Seconds that a container takes to end after its stop signal, by its own variables. */
function drainOf(container: unknown): number {
  const variables = listOf(at(container, "env"));
  const variable = (name: string) =>
    numberOf(
      at(
        variables.find((entry) => at(entry, "name") === name),
        "value",
      ),
    ) ?? 0;
  const isWorker = [...listOf(at(container, "command")), ...listOf(at(container, "args"))].includes("worker");
  return Math.max(variable("DRAIN_SECONDS"), variable(isWorker ? "JOB_TIMEOUT_SECONDS" : "SHUTDOWN_SECONDS"));
}

/** Seconds that NGINX takes, where the pod has its configuration. */
function nginxDrainOf(pod: Pod, resources: readonly Resource[]): number {
  const names = listOf(at(pod.spec, "volumes")).map((volume) => at(volume, "configMap.name"));
  const texts = resources
    .filter(({ type, inputs }) => type === "kubernetes:core/v1:ConfigMap" && mayBeOf(names, inputs, pod))
    .flatMap(({ inputs }) => Object.values(fieldsOf(at(inputs, "data"))));
  return Math.max(
    0,
    ...texts.map((text) => Number(/^worker_shutdown_timeout (\d+)s;/m.exec(textOf(text) ?? "")?.[1] ?? 0)),
  );
}

/** Whether a pod mounts a ConfigMap: by its name or, where Pulumi makes the name, by the labels that both have. */
function mayBeOf(names: readonly unknown[], config: unknown, pod: Pod): boolean {
  const name = at(config, "metadata.name");
  if (name !== undefined && !isHidden(name) && names.includes(name)) return true;
  const [own, labels] = [fieldsOf(at(config, "metadata.labels")), fieldsOf(pod.labels)];
  const key = "app.kubernetes.io/name";
  return own[key] !== undefined && own[key] === labels[key] && !isHidden(own[key]);
}

const gracePeriod: Rule = {
  name: "grace-period-long-enough",
  level: "mandatory",
  description:
    "The grace period of a pod is longer than its wait before the stop signal and its own time to end together.",
  why: "Otherwise requests, messages or jobs are cut off by the kill at the end of it.",
  source: "Kubernetes: pod lifecycle, termination of pods",
  stack: everywhere((resource, resources) => {
    const pod = podOf(resource);
    // What runs once ends at its stop signal and is done again.
    if (!pod || !/:(Deployment|StatefulSet|DaemonSet)$/.test(resource.type)) return [];
    const path = `${pod.path}.terminationGracePeriodSeconds`;
    const value = at(pod.spec, "terminationGracePeriodSeconds");
    // Kubernetes gives 30 where nothing is said.
    const grace = value === undefined ? 30 : numberOf(value);
    if (grace === undefined) return [];
    const nginx = nginxDrainOf(pod, resources);
    return pod.containers.flatMap(({ inputs, role }) => {
      if (role === "prepare") return [];
      const wait = numberOf(at(inputs, "lifecycle.preStop.sleep.seconds")) ?? 0;
      const drain = Math.max(drainOf(inputs), role === "main" ? nginx : 0);
      if (grace > wait + drain || wait + drain === 0) return [];
      const message = `${stated(path, value)}, and must be more than ${wait} + ${drain} (the wait of preStop and the time to end)`;
      return [
        {
          message,
          todo: `keep the sum of ${template}; the parts are \`edge.preStopSeconds\`, \`edge.upstreamPreStopSeconds\`, \`edge.drainSeconds\` and \`apps.<name>.processes.<name>.stopSeconds\`, or what an app with a layer of its own has for it`,
        },
      ];
    });
  }),
};

/** How pods are kept, moved and ended. */
export const workloads: readonly Rule[] = [
  imagesPinned,
  enoughReplicas,
  budgets,
  drains,
  spread,
  rollouts,
  gracePeriod,
];
