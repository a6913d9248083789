import { k8s, on, type RuleCase } from "../change";

const panel = on("dev", k8s("apps/v1:Deployment"), "panel-deployment");
const edge = on("dev", k8s("apps/v1:Deployment"), "edge-deployment");
const workers = on("dev", k8s("apps/v1:Deployment"), "workers-deployment");
const postgres = on("dev", k8s("apps/v1:StatefulSet"), "postgres-server");
const migration = on("dev", k8s("batch/v1:Job"), "panel-migrate-*");
const cleanup = on("dev", k8s("batch/v1:CronJob"), "panel-cleanup-cron");
const prodEdge = on("prod", k8s("apps/v1:Deployment"), "edge-deployment");
const budget = on("dev", k8s("policy/v1:PodDisruptionBudget"), "panel-budget");
const nginx = on("dev", k8s("core/v1:ConfigMap"), "edge-config");
const pod = "spec.template.spec";
const first = `${pod}.containers[0]`;
const security = `${first}.securityContext`;
const cron = "spec.jobTemplate.spec.template.spec";

export const pods: Record<string, RuleCase> = {
  "container-resources": {
    passes: [
      panel({ [`${first}.resources.limits.cpu`]: 2 }),
      panel({ [`${first}.resources.requests.memory`]: "1.5Gi" }),
    ],
    fails: [
      panel({ [`${first}.resources.limits.memory`]: undefined }, `${first}.resources.limits.memory is not set`),
      cleanup({ [`${cron}.containers[0].resources.requests.cpu`]: "much" }, 'resources.requests.cpu is "much"'),
      postgres(
        { [`${pod}.initContainers[0].resources.requests.cpu`]: undefined },
        "initContainers[0].resources.requests.cpu is not set",
      ),
    ],
  },
  "container-probes": {
    passes: [workers({ [`${first}.readinessProbe`]: undefined }), migration({ [`${first}.livenessProbe`]: undefined })],
    fails: [
      panel({ [`${first}.readinessProbe`]: undefined }, `${first}.readinessProbe is not set`),
      workers({ [`${first}.livenessProbe`]: undefined }, "livenessProbe is not set"),
      postgres({ [`${first}.startupProbe`]: undefined }, "startupProbe is not set"),
    ],
  },
  "container-read-only-root": {
    passes: [panel({ [`${security}.readOnlyRootFilesystem`]: "true" })],
    fails: [
      panel({ [`${security}.readOnlyRootFilesystem`]: false }, `${security}.readOnlyRootFilesystem is false`),
      migration({ [`${security}.readOnlyRootFilesystem`]: undefined }, "readOnlyRootFilesystem is not set"),
    ],
  },
  "container-no-escalation": {
    passes: [panel({ [`${security}.privileged`]: false })],
    fails: [
      panel({ [`${security}.allowPrivilegeEscalation`]: true }, "allowPrivilegeEscalation is true"),
      edge({ [`${security}.privileged`]: true }, `${security}.privileged is true`),
    ],
  },
  "container-capabilities-dropped": {
    passes: [panel({ [`${security}.capabilities.drop`]: ["NET_RAW", "ALL"] })],
    fails: [
      panel({ [`${security}.capabilities.drop`]: ["NET_RAW"] }, 'capabilities.drop is ["NET_RAW"]'),
      edge({ [`${security}.capabilities.add`]: ["NET_BIND_SERVICE"] }, 'capabilities.add is ["NET_BIND_SERVICE"]'),
    ],
  },
  "pod-not-root": {
    passes: [panel({ [`${pod}.securityContext.runAsNonRoot`]: undefined, [`${security}.runAsNonRoot`]: true })],
    fails: [
      panel({ [`${pod}.securityContext.runAsNonRoot`]: undefined }, `${pod}.securityContext.runAsNonRoot is not set`),
      panel({ [`${security}.runAsNonRoot`]: false }, `${security}.runAsNonRoot is false`),
      panel({ [`${pod}.securityContext.runAsUser`]: 0 }, "runAsUser is 0, which is root"),
    ],
  },
  "pod-seccomp": {
    passes: [panel({ [`${security}.seccompProfile`]: { type: "Localhost", localhostProfile: "panel.json" } })],
    fails: [
      panel({ [`${pod}.securityContext.seccompProfile`]: undefined }, "seccompProfile.type is not set"),
      panel({ [`${security}.seccompProfile`]: { type: "Unconfined" } }, 'seccompProfile.type is "Unconfined"'),
    ],
  },
  "pod-no-host-access": {
    passes: [panel({ [`${pod}.hostNetwork`]: false })],
    fails: [
      panel({ [`${pod}.hostNetwork`]: true }, `${pod}.hostNetwork is true`),
      cleanup({ [`${cron}.hostPID`]: true }, "hostPID is true"),
      panel(
        { [`${pod}.volumes[0]`]: { name: "tmp", hostPath: { path: "/" } } },
        `${pod}.volumes[0].hostPath is {"path":"/"}`,
      ),
      edge({ [`${first}.ports[0].hostPort`]: 443 }, "ports[0].hostPort is 443"),
    ],
  },
  "pod-no-service-token": {
    passes: [panel({ [`${pod}.serviceAccountName`]: "other" })],
    fails: [
      panel({ [`${pod}.automountServiceAccountToken`]: undefined }, "automountServiceAccountToken is not set"),
      panel({ [`${pod}.serviceAccountName`]: "default" }, `${pod}.serviceAccountName is "default"`),
    ],
  },
  "image-pinned": {
    passes: [
      panel({ [`${first}.image`]: "registry.example:5000/panel:1.2.3" }),
      prodEdge({ [`${first}.image`]: `nginx@sha256:${"a".repeat(64)}` }),
      prodEdge({ [`${first}.image`]: "registry.example/edge:src-0123456789ab" }),
    ],
    fails: [
      panel(
        { [`${first}.image`]: "registry.example:5000/panel" },
        'image is "registry.example:5000/panel", which names no version',
      ),
      panel({ [`${first}.image`]: "panel:latest" }, `${first}.image is "panel:latest"`),
      prodEdge({ [`${first}.image`]: "nginx:1.30.5" }, 'image is "nginx:1.30.5", whose tag can be moved'),
    ],
  },
  "replicas-in-production": {
    passes: [
      on("prod", k8s("apps/v1:Deployment"), "workers-deployment")({ "spec.replicas": 1 }),
      panel({ "spec.replicas": 1 }),
    ],
    fails: [prodEdge({ "spec.replicas": 1 }, "spec.replicas is 1, and should be 2 or more")],
  },
  "disruption-budget": {
    passes: [workers({ "spec.replicas": 1 }), budget({ "spec.maxUnavailable": 2 })],
    fails: [
      budget({}, "spec.replicas is 2 and no PodDisruptionBudget", { how: "removed", about: "panel-deployment" }),
      workers({ "spec.replicas": 3 }, "spec.replicas is 3"),
    ],
  },
  "disruption-budget-lets-drain": {
    passes: [
      budget({ "spec.maxUnavailable": undefined, "spec.minAvailable": 1 }),
      budget({ "spec.maxUnavailable": "50%" }),
    ],
    fails: [
      budget({ "spec.maxUnavailable": 0 }, "spec.maxUnavailable is 0"),
      budget({ "spec.maxUnavailable": "0%" }, 'spec.maxUnavailable is "0%"'),
      budget({ "spec.maxUnavailable": undefined, "spec.minAvailable": 2 }, "spec.minAvailable is 2 of 2 replicas"),
      budget({ "spec.maxUnavailable": undefined, "spec.minAvailable": "51%" }, 'spec.minAvailable is "51%"'),
      budget({ "spec.unhealthyPodEvictionPolicy": undefined }, "spec.unhealthyPodEvictionPolicy is not set"),
    ],
  },
  "pods-spread": {
    passes: [
      workers({ [`${pod}.topologySpreadConstraints`]: undefined }),
      panel({
        [`${pod}.topologySpreadConstraints`]: undefined,
        [`${pod}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution`]: [
          { topologyKey: "topology.kubernetes.io/zone" },
        ],
      }),
    ],
    fails: [
      panel({ [`${pod}.topologySpreadConstraints`]: undefined }, "topologySpreadConstraints is not set"),
      panel(
        { [`${pod}.topologySpreadConstraints`]: [{ topologyKey: "kubernetes.io/hostname" }] },
        'topologySpreadConstraints is ["kubernetes.io/hostname"], without topology.kubernetes.io/zone',
      ),
    ],
  },
  "rollout-keeps-capacity": {
    passes: [panel({ "spec.strategy.rollingUpdate.maxUnavailable": "0%" })],
    fails: [
      panel({ "spec.strategy.rollingUpdate.maxUnavailable": 1 }, "spec.strategy.rollingUpdate.maxUnavailable is 1"),
      panel({ "spec.strategy.type": "Recreate" }, 'spec.strategy.type is "Recreate"'),
    ],
  },
  "grace-period-long-enough": {
    passes: [
      panel({ [`${pod}.terminationGracePeriodSeconds`]: 36 }),
      migration({ [`${pod}.terminationGracePeriodSeconds`]: 1 }),
      postgres({ [`${pod}.terminationGracePeriodSeconds`]: undefined }),
    ],
    fails: [
      panel(
        { [`${pod}.terminationGracePeriodSeconds`]: 35 },
        `${pod}.terminationGracePeriodSeconds is 35, and must be more than 15 + 20`,
      ),
      panel({ [`${pod}.terminationGracePeriodSeconds`]: undefined }, "terminationGracePeriodSeconds is not set"),
      panel({ [`${first}.lifecycle.preStop.sleep.seconds`]: 40 }, "must be more than 40 + 20"),
      workers({ [`${pod}.terminationGracePeriodSeconds`]: 60 }, "must be more than 0 + 60"),
      nginx(
        { 'data["nginx.conf"]': (text: string) => text.replace(/(worker_shutdown_timeout) \d+/, "$1 600") },
        "+ 600",
        { about: "edge-deployment" },
      ),
    ],
  },
  "job-bounded": {
    passes: [migration({ "spec.backoffLimit": 0 })],
    fails: [
      migration({ "spec.activeDeadlineSeconds": undefined }, "spec.activeDeadlineSeconds is not set"),
      cleanup({ "spec.jobTemplate.spec.backoffLimit": undefined }, "spec.jobTemplate.spec.backoffLimit is not set"),
    ],
  },
  "cronjob-bounded": {
    passes: [cleanup({ "spec.concurrencyPolicy": "Replace" }), cleanup({ "spec.schedule": "@daily" })],
    fails: [
      cleanup({ "spec.concurrencyPolicy": "Allow" }, 'spec.concurrencyPolicy is "Allow"'),
      cleanup({ "spec.startingDeadlineSeconds": undefined }, "spec.startingDeadlineSeconds is not set"),
      cleanup({ "spec.successfulJobsHistoryLimit": 100 }, "spec.successfulJobsHistoryLimit is 100"),
      cleanup({ "spec.failedJobsHistoryLimit": undefined }, "spec.failedJobsHistoryLimit is not set"),
      cleanup({ "spec.timeZone": undefined }, "spec.timeZone is not set"),
      cleanup({ "spec.schedule": "17 3 * *" }, 'spec.schedule is "17 3 * *"'),
    ],
  },
};
