import type * as inputs from "@pulumi/kubernetes/types/input";
import type { ClusterTraits, EnvironmentVariable, MountedFiles, PodIdentity, PodRole, Sidecar } from "../contracts";
import { imageVersion, type ReleaseLabels, selectorLabels, standardLabels } from "../naming";
import {
  parseBytes as bytesOf,
  formatBytes,
  parseCpu as milliCpuOf,
  type Resources,
  usualTmpSize,
} from "../schema/values/resources";

type Container = inputs.core.v1.Container;
type Probe = inputs.core.v1.Probe;

/** What a pod of this platform is made of. Whatever is not named here is the same for every pod. */
export interface PodArgs {
  readonly identity: PodIdentity;
  readonly stage: string;
  readonly traits: Pick<ClusterTraits, "placement">;
  /** Which nodes take it. @default "apps" */
  readonly role?: PodRole;
  readonly serviceAccount: string;
  readonly image: string;
  /** Name of the release in the labels. @default what the image is called by */
  readonly version?: string | undefined;
  /** Program and arguments. @default those of the image */
  readonly command?: readonly string[];
  readonly environment?: readonly EnvironmentVariable[];
  /** ConfigMaps and Secrets whose keys all become variables. */
  readonly environmentFrom?: readonly inputs.core.v1.EnvFromSource[];
  readonly files?: readonly MountedFiles[];
  /** Extra volumes as Kubernetes has them (a claim's mount, memory). */
  readonly volumes?: readonly inputs.core.v1.Volume[];
  readonly mounts?: readonly inputs.core.v1.VolumeMount[];
  readonly ports?: Readonly<Record<string, number>>;
  readonly probes?: { readonly startup: Probe; readonly readiness?: Probe; readonly liveness: Probe } | undefined;
  readonly resources: Resources;
  /** Seconds between the end of new traffic to the pod and its stop signal. @default 0 */
  readonly preStopSeconds?: number;
  /** Seconds that the container may take from its stop signal to its end. @default 10 */
  readonly shutdownSeconds?: number;
  /** User and group. @default 10001 */
  readonly user?: number;
  /** Runs before the container, in the same image and with the same files, environment and limits. */
  readonly prepare?: readonly string[];
  /** Run beside the container, from before its start until after its end. */
  readonly sidecars?: readonly Sidecar[];
  readonly restartPolicy?: "Always" | "Never" | "OnFailure";
  /** Secrets with the credentials of registries. */
  readonly imagePullSecrets?: readonly string[];
}

/** Added to a pod's own times, so that a clean end is never cut by the kill that follows the grace period. */
const graceReserveSeconds = 10;

/** Seconds that a pod may take to end: what it needs to do so cleanly, and a reserve. */
export function graceSeconds(args: Pick<PodArgs, "preStopSeconds" | "shutdownSeconds">): number {
  return (args.preStopSeconds ?? 0) + (args.shutdownSeconds ?? 10) + graceReserveSeconds;
}

/**
 * The pod that every app, job and server of the platform runs in: restricted security context, read-only root with a
 * writable `/tmp`, no service account token, requests and limits, spread over nodes and zones, and a grace period that
 * is the sum of what the pod needs to end cleanly.
 */
export function podTemplate(args: PodArgs): inputs.core.v1.PodTemplateSpec {
  const main = container(args);
  const { nodeSelector, tolerations } = args.traits.placement[args.role ?? "apps"];
  const before = [
    ...(args.sidecars ?? []).map(sidecarContainer),
    ...(args.prepare ? [prepareContainer(main, args.prepare)] : []),
  ];
  return {
    metadata: {
      labels: standardLabels(args.identity, releaseOf(args)),
    },
    spec: {
      serviceAccountName: args.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: args.restartPolicy ?? "Always",
      securityContext: podSecurity(args.user ?? 10001),
      terminationGracePeriodSeconds: graceSeconds(args),
      ...pullSecrets(args.imagePullSecrets),
      ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
      ...(tolerations.length > 0 ? { tolerations: [...tolerations] } : {}),
      ...(before.length > 0 ? { initContainers: before } : {}),
      containers: [main],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: tmpSizeOf(args) } },
        ...(args.files ?? []).map(fileVolume),
        ...(args.volumes ?? []),
      ],
      topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // Kept soft: a cluster of one node must still take two replicas.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorLabels(args.identity) },
        matchLabelKeys: args.restartPolicy ? undefined : ["pod-template-hash"],
      })),
    },
  };
}

/** What a pod says of these Secrets; nothing where there are none. */
export function pullSecrets(names: readonly string[] = []): { imagePullSecrets?: { name: string }[] } {
  return names.length > 0 ? { imagePullSecrets: names.map((name) => ({ name })) } : {};
}

function container(args: PodArgs): Container {
  return {
    name: args.identity.component,
    image: args.image,
    ...(args.command ? { command: [...args.command] } : {}),
    ...filled("env", (args.environment ?? []).map(variable)),
    ...filled("envFrom", [...(args.environmentFrom ?? [])]),
    ...filled(
      "ports",
      Object.entries(args.ports ?? {}).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" })),
    ),
    ...(args.probes
      ? {
          startupProbe: args.probes.startup,
          readinessProbe: args.probes.readiness,
          livenessProbe: args.probes.liveness,
        }
      : {}),
    ...(args.preStopSeconds ? { lifecycle: { preStop: { sleep: { seconds: args.preStopSeconds } } } } : {}),
    resources: kubernetesResources(args.resources, tmpSizeOf(args)),
    securityContext: containerSecurity,
    // The end of the log of a container that failed becomes its message, which is what a failed `up` shows.
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...(args.files ?? []).map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
      ...(args.mounts ?? []),
    ],
  };
}

/** The list under its name; nothing for an empty one, which no API server keeps. */
function filled<Key extends string, Entry>(key: Key, list: Entry[]): Partial<Record<Key, Entry[]>> {
  return list.length > 0 ? ({ [key]: list } as Record<Key, Entry[]>) : {};
}

function prepareContainer(main: Container, command: readonly string[]): Container {
  const { ports, startupProbe, readinessProbe, livenessProbe, lifecycle, ...same } = main;
  return { ...same, name: "prepare", command: [...command] };
}

/** A native sidecar: an init container that goes on running (Kubernetes 1.29). The next one waits for its start. */
function sidecarContainer(sidecar: Sidecar): Container {
  const { port, path } = sidecar.health;
  return {
    name: sidecar.name,
    image: sidecar.image,
    args: [...sidecar.args],
    restartPolicy: "Always",
    startupProbe: { httpGet: { path, port }, periodSeconds: 1, failureThreshold: 60, timeoutSeconds: 5 },
    resources: kubernetesResources(sidecar.resources),
    securityContext: containerSecurity,
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

function variable(variable: EnvironmentVariable): inputs.core.v1.EnvVar {
  if ("value" in variable) return { name: variable.name, value: variable.value };
  if ("podField" in variable) return { name: variable.name, valueFrom: { fieldRef: { fieldPath: variable.podField } } };
  const { secretName, key } = variable.secret;
  return { name: variable.name, valueFrom: { secretKeyRef: { name: secretName, key } } };
}

function fileVolume({ name, source }: MountedFiles): inputs.core.v1.Volume {
  // 0440: readable by the pod's group (fsGroup), by nobody else in the container.
  return "secret" in source
    ? { name, secret: { secretName: source.secret, defaultMode: 0o440 } }
    : { name, configMap: { name: source.configMap, defaultMode: 0o440 } };
}

const tmpSizeOf = ({ resources }: PodArgs): string => resources.tmpSize ?? usualTmpSize;

/**
 * Bytes that a container's own log takes of its node's disk: the kubelet keeps five files of ten mebibytes, all but two
 * of them packed (`containerLogMaxFiles`, `containerLogMaxSize`). It looks at their size every ten seconds only, so that
 * a log of five mebibytes a second makes larger ones.
 */
const logBytes = { requests: 64 * 2 ** 20, limits: 128 * 2 ** 20 };

type Asked = Pick<Resources, "requests" | "limits">;

/** Bytes of its node's disk that a container asks for and may use; `tmpSize` is undefined for one without `/tmp`. */
function diskOf(tmpSize: string | undefined): { readonly requests: number; readonly limits: number } {
  const tmp = tmpSize ? bytesOf(tmpSize) : 0;
  // A large `/tmp` is seldom full, so no node is asked to keep all of it free.
  const usual = Math.min(tmp, bytesOf(usualTmpSize));
  return { requests: logBytes.requests + usual, limits: logBytes.limits + tmp };
}

function kubernetesResources({ requests, limits }: Asked, tmpSize?: string): inputs.core.v1.ResourceRequirements {
  const disk = diskOf(tmpSize);
  return {
    requests: { cpu: requests.cpu, memory: requests.memory, "ephemeral-storage": formatBytes(disk.requests) },
    limits: { cpu: limits.cpu, memory: limits.memory, "ephemeral-storage": formatBytes(disk.limits) },
  };
}

/** What a container of this size asks for and may use: thousandths of a core, and bytes. */
export function containerAmounts(asked: Asked, tmpSize?: string) {
  const disk = diskOf(tmpSize);
  const amounts = (kind: "requests" | "limits") => ({
    cpu: milliCpuOf(asked[kind].cpu),
    memory: bytesOf(asked[kind].memory),
    storage: disk[kind],
  });
  return { requests: amounts("requests"), limits: amounts("limits") };
}

function podSecurity(user: number): inputs.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** The restricted Pod Security Standard, plus a read-only root. */
const containerSecurity: inputs.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** The labels of a pod and of an object around it, with the version that it runs: the release's, else its image's. */
export function releaseOf(args: {
  readonly stage: string;
  readonly image: string;
  readonly version?: string | undefined;
}): ReleaseLabels {
  return { stage: args.stage, version: args.version ?? imageVersion(args.image) };
}
