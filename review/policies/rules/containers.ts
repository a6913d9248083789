import { type Complaint, exactly, must, not, type Wanted } from "../../../components/clouds/shared/facts/demand";
import { at, isHidden, isSame, listOf, numberOf, stated, textOf } from "../../../components/clouds/shared/facts/value";
import type { Rule } from "../model";
import { type Container, type Pod, podOf } from "../pods";

const template = "components/kubernetes/podTemplate.ts";

/** A rule's look at every container of a pod. */
function perContainer(look: (container: Container, pod: Pod) => readonly Complaint[]): Rule["resource"] {
  return perPod((pod) => pod.containers.flatMap((container) => look(container, pod)));
}

function perPod(look: (pod: Pod) => readonly Complaint[]): Rule["resource"] {
  return (resource) => {
    const pod = podOf(resource);
    return pod ? look(pod) : [];
  };
}

/** Complains where what stands below a container is known and not wanted. */
function expects(
  { path, inputs }: Container,
  key: string,
  wanted: Wanted,
  todo = `keep it in ${template}`,
): Complaint[] {
  return must(inputs, key, wanted, todo).map((found) => ({ ...found, message: `${path}.${found.message}` }));
}

const anAmount: Wanted = {
  says: "an amount",
  holds: (value) => typeof value === "number" || /^\d+(\.\d+)?(m|[kMGTPE]i?)?$/.test(textOf(value) ?? ""),
};

const resources: Rule = {
  name: "container-resources",
  level: "mandatory",
  description: "Every container asks for CPU and memory and has a limit of both.",
  why: "Without a request it is put where there is no room, without a limit one leak takes the whole node.",
  source: "Kubernetes: resource management for pods and containers; EKS best practices: data plane",
  resource: perContainer((container) =>
    ["requests", "limits"].flatMap((kind) =>
      ["cpu", "memory"].flatMap((amount) =>
        expects(
          container,
          `resources.${kind}.${amount}`,
          anAmount,
          "set `apps.<name>.processes.<name>.resources.cpu` and `apps.<name>.processes.<name>.resources.memory`, or `resources` of an app with a layer of its own",
        ),
      ),
    ),
  ),
};

const probes: Rule = {
  name: "container-probes",
  level: "mandatory",
  description: "What runs all the time has a startup and a liveness probe, and a readiness probe where it has ports.",
  why: "Without them a pod that hangs stays, and one that is not ready yet gets traffic.",
  source: "Kubernetes: configure liveness, readiness and startup probes",
  resource: (resource) => {
    const pod = podOf(resource);
    if (!pod || !/:(Deployment|StatefulSet|DaemonSet)$/.test(resource.type)) return [];
    const wanted: Wanted = { says: "set", holds: (value) => typeof value === "object" };
    return pod.containers.flatMap((container) => {
      if (container.role === "prepare") return [];
      const serves = listOf(at(container.inputs, "ports")).length > 0;
      // A sidecar that hangs is noticed by the probes of the container that it serves.
      const keys =
        container.role === "sidecar"
          ? ["startupProbe"]
          : ["startupProbe", "livenessProbe", ...(serves ? ["readinessProbe"] : [])];
      return keys.flatMap((key) =>
        expects(container, key, wanted, "give the probe where the app is made (components/apps)"),
      );
    });
  },
};

const readOnlyRoot: Rule = {
  name: "container-read-only-root",
  level: "mandatory",
  description: "A container cannot write to its own image.",
  why: "Whoever gets in can then leave nothing behind that runs.",
  source: "CIS Kubernetes 5.7.3; NSA/CISA Kubernetes Hardening Guide",
  resource: perContainer((container) => expects(container, "securityContext.readOnlyRootFilesystem", exactly(true))),
};

const noEscalation: Rule = {
  name: "container-no-escalation",
  level: "mandatory",
  description: "A container is not privileged and cannot become more than it is.",
  why: "A privileged container is root of its node.",
  source: "Kubernetes: Pod Security Standards, restricted; CIS Kubernetes 5.2.2, 5.2.6",
  resource: perContainer((container) => [
    ...expects(container, "securityContext.allowPrivilegeEscalation", exactly(false)),
    ...expects(container, "securityContext.privileged", not(true)),
  ]),
};

const capabilities: Rule = {
  name: "container-capabilities-dropped",
  level: "mandatory",
  description: "A container has no capabilities of the kernel.",
  why: "Some of the default ones let it forge packets of other pods.",
  source: "Kubernetes: Pod Security Standards, restricted; CIS Kubernetes 5.2.8, 5.2.9",
  resource: perContainer((container) => {
    const dropsAll: Wanted = {
      says: '["ALL"]',
      holds: (value) => listOf(value).some((entry) => entry === "ALL" || isHidden(entry)),
    };
    const added = listOf(at(container.inputs, "securityContext.capabilities.add"));
    return [
      ...expects(container, "securityContext.capabilities.drop", dropsAll),
      ...(added.length === 0
        ? []
        : [
            {
              message: `${stated(`${container.path}.securityContext.capabilities.add`, added)}, and must be empty`,
              todo: `listen on a port above 1023 instead; keep it in ${template}`,
            },
          ]),
    ];
  }),
};

/** What a container says, else what its pod says. */
function ownOrPods(container: Container, pod: Pod, key: string): [path: string, value: unknown] {
  const own = at(container.inputs, `securityContext.${key}`);
  if (own !== undefined) return [`${container.path}.securityContext.${key}`, own];
  return [`${pod.path}.securityContext.${key}`, at(pod.spec, `securityContext.${key}`)];
}

const notRoot: Rule = {
  name: "pod-not-root",
  level: "mandatory",
  description: "No container runs as root.",
  why: "A flaw of the runtime that lets a process out of its container lets it out as the same user.",
  source: "Kubernetes: Pod Security Standards, restricted; CIS Kubernetes 5.2.7",
  resource: perContainer((container, pod) => {
    const [path, value] = ownOrPods(container, pod, "runAsNonRoot");
    const [userPath, user] = ownOrPods(container, pod, "runAsUser");
    const todo = `keep it in ${template}`;
    return [
      ...(isHidden(value) || isSame(value, true)
        ? []
        : [{ message: `${stated(path, value)}, and must be true`, todo }]),
      ...(numberOf(user) === 0 ? [{ message: `${stated(userPath, user)}, which is root`, todo }] : []),
    ];
  }),
};

const seccomp: Rule = {
  name: "pod-seccomp",
  level: "mandatory",
  description: "Containers may use only the system calls that the runtime allows to all.",
  why: "Most flaws of a kernel are reached by calls that no app needs.",
  source: "Kubernetes: Pod Security Standards, restricted; CIS Kubernetes 5.7.2",
  resource: perContainer((container, pod) => {
    const [path, value] = ownOrPods(container, pod, "seccompProfile.type");
    if (isHidden(value) || value === "RuntimeDefault" || value === "Localhost") return [];
    return [{ message: `${stated(path, value)}, and must be "RuntimeDefault"`, todo: `keep it in ${template}` }];
  }),
};

const noHost: Rule = {
  name: "pod-no-host-access",
  level: "mandatory",
  description: "A pod has nothing of its node: no folder, no network, no processes, no port.",
  why: "Each of them is a way from the pod to everything on the node.",
  source: "Kubernetes: Pod Security Standards, baseline; CIS Kubernetes 5.2.3 to 5.2.5, 5.2.13",
  resource: perPod((pod) => {
    const todo = `take it away in ${template}: what a pod needs comes from ConfigMaps, Secrets, claims and emptyDir`;
    const shared = ["hostNetwork", "hostPID", "hostIPC"].flatMap((key) =>
      isSame(at(pod.spec, key), true) ? [{ message: `${pod.path}.${key} is true`, todo }] : [],
    );
    const folders = listOf(at(pod.spec, "volumes")).flatMap((volume, index) => {
      const path = at(volume, "hostPath");
      return path === undefined || isHidden(path)
        ? []
        : [{ message: stated(`${pod.path}.volumes[${index}].hostPath`, path), todo }];
    });
    const ports = pod.containers.flatMap(({ path, inputs }) =>
      listOf(at(inputs, "ports")).flatMap((entry, index) =>
        (numberOf(at(entry, "hostPort")) ?? 0) > 0
          ? [{ message: stated(`${path}.ports[${index}].hostPort`, at(entry, "hostPort")), todo }]
          : [],
      ),
    );
    return [...shared, ...folders, ...ports];
  }),
};

const noToken: Rule = {
  name: "pod-no-service-token",
  level: "mandatory",
  description: "A pod gets no token of the cluster's API, and has a service account of its own.",
  why: "No app here speaks to the API, so a token would serve only whoever breaks in.",
  source: "CIS Kubernetes 5.1.5, 5.1.6",
  resource: perPod((pod) => {
    const [mounts, account] = [at(pod.spec, "automountServiceAccountToken"), at(pod.spec, "serviceAccountName")];
    const todo = `keep it in ${template}`;
    return [
      ...(isHidden(mounts) || isSame(mounts, false)
        ? []
        : [{ message: `${stated(`${pod.path}.automountServiceAccountToken`, mounts)}, and must be false`, todo }]),
      ...(account === undefined || account === "default"
        ? [
            {
              message: `${stated(`${pod.path}.serviceAccountName`, account)}, and must be an account of its own`,
              todo,
            },
          ]
        : []),
    ];
  }),
};

/** What containers may do and have. */
export const containers: readonly Rule[] = [
  resources,
  probes,
  readOnlyRoot,
  noEscalation,
  capabilities,
  notRoot,
  seccomp,
  noHost,
  noToken,
];
