import type * as inputs from "@pulumi/kubernetes/types/input";
import type { ClusterTraits, EnvironmentVariable, MountedFiles, PodIdentity, PodRole, Sidecar } from "../contracts";
import { imageVersion, instanceLabel, type ReleaseLabels, selectorLabels, standardLabels } from "../naming";
import { type Resources, usualTmpSize } from "../schema/values/resources";
import { kubernetesResources } from "./containerResources";

type Container = inputs.core.v1.Container;
type Probe = inputs.core.v1.Probe;

/** What a pod of this platform is made of. Whatever is not named here is the same for every pod. */
export interface PodArgs {
  readonly identity: PodIdentity;
  /** Tells pods of one identity apart that stand beside each other, for selectors of their own. @default none */
  readonly instance?: string;
  readonly stage: string;
  readonly traits: Pick<ClusterTraits, "placement">;
  /** Which nodes take it. @default "apps" */
  readonly role?: PodRole;
  /** Runs only on the node of this pod, whose volume it shares. @default on any */
  readonly beside?: PodIdentity;
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
  /** Bytes that those of the volumes may hold that lie on the node's disk. @default 0 */
  readonly scratchBytes?: number;
  readonly ports?: Readonly<Record<string, number>>;
  readonly probes?: { readonly startup: Probe; readonly readiness?: Probe; readonly liveness: Probe } | undefined;
  readonly resources: Resources;
  /** Seconds between the end of new traffic to the pod and its stop signal. @default 0 */
  readonly preStopSeconds?: number;
  /** Program that runs in this time, at most for as long. @default it only passes */
  readonly preStop?: readonly string[];
  /** Seconds that the container may take from its stop signal to its end. @default 10 */
  readonly shutdownSeconds?: number;
  /** User and group. @default 10001 */
  readonly user?: number;
  /** Runs before the container, in the same image and with the same files, environment and limits. */
  readonly prepare?: readonly string[];
  /** Run beside the container, from before its start until after its end. */
  readonly sidecars?: readonly Sidecar[];
  /** The same, with what an app gives its own: variables, files, volumes, ports, probes. */
  readonly ownSidecars?: readonly OwnSidecar[];
  readonly restartPolicy?: "Always" | "Never" | "OnFailure";
  /** Secrets with the credentials of registries. */
  readonly imagePullSecrets?: readonly string[];
}

/** A container that an app wants beside its own, of any image. */
export interface OwnSidecar
  extends Pick<PodArgs, "image" | "command" | "environment" | "files" | "mounts" | "ports" | "probes" | "resources"> {
  readonly name: string;
  /** @default the pod's */
  readonly user?: number | undefined;
  /** Seconds that it may take from its stop signal, which comes after the end of the pod's own container. */
  readonly shutdownSeconds: number;
}

/** Added to a pod's own times, so that a clean end is never cut by the kill that follows the grace period. */
const graceReserveSeconds = 10;

/** Seconds that a pod may take to end: what it needs to do so cleanly, and a reserve. */
export function graceSeconds(args: Pick<PodArgs, "preStopSeconds" | "shutdownSeconds" | "ownSidecars">): number {
  // Sidecars end one after the other, each once the container after it has ended.
  const ofSidecars = (args.ownSidecars ?? []).reduce((sum, { shutdownSeconds }) => sum + shutdownSeconds, 0);
  return (args.preStopSeconds ?? 0) + (args.shutdownSeconds ?? 10) + ofSidecars + graceReserveSeconds;
}

/**
 * The pod that every app, job and server of the platform runs in: restricted security context, read-only root with a
 * writable `/tmp`, no service account token, requests and limits, spread over nodes and zones, and a grace period that
 * is the sum of what the pod needs to end cleanly.
 */
export function podTemplate(args: PodArgs): inputs.core.v1.PodTemplateSpec {
  const { ownSidecars = [] } = args;
  const main = container({ ...args, name: args.identity.component, tmp: "tmp" });
  const before = [
    ...(args.sidecars ?? []).map(sidecarContainer),
    ...ownSidecars.map(ownSidecarContainer),
    ...(args.prepare ? [prepareContainer(main, args.prepare)] : []),
  ];
  return {
    metadata: {
      labels: { ...standardLabels(args.identity, releaseOf(args)), ...instanceLabel(args.instance) },
    },
    spec: {
      serviceAccountName: args.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: args.restartPolicy ?? "Always",
      securityContext: podSecurity(args.user ?? 10001),
      terminationGracePeriodSeconds: graceSeconds(args),
      ...pullSecrets(args.imagePullSecrets),
      ...nodesOf(args.traits, args.role ?? "apps"),
      ...(args.beside ? { affinity: { podAffinity: nodeOf(args.beside) } } : {}),
      ...(before.length > 0 ? { initContainers: before } : {}),
      containers: [main],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: tmpSizeOf(args) } },
        ...ownSidecars.map((sidecar) => ({ name: tmpOf(sidecar), emptyDir: { sizeLimit: tmpSizeOf(sidecar) } })),
        ...fileVolumes([args, ...ownSidecars].flatMap(({ files }) => files ?? [])),
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

/** On which nodes pods of a role are put, as a pod says it. */
export function nodesOf({ placement }: Pick<ClusterTraits, "placement">, role: PodRole) {
  const { nodeSelector, tolerations } = placement[role];
  return {
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...(tolerations.length > 0 ? { tolerations: [...tolerations] } : {}),
  };
}

/** The node that a pod is on: most volumes are seen by one node at a time. */
function nodeOf(identity: PodIdentity): inputs.core.v1.PodAffinity {
  const labelSelector = { matchLabels: selectorLabels(identity) };
  return {
    requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }],
  };
}

/** What a pod says of these Secrets; nothing where there are none. */
export function pullSecrets(names: readonly string[] = []): { imagePullSecrets?: { name: string }[] } {
  return names.length > 0 ? { imagePullSecrets: names.map((name) => ({ name })) } : {};
}

type ContainerArgs = Omit<OwnSidecar, "user" | "shutdownSeconds"> &
  Pick<PodArgs, "environmentFrom" | "preStop" | "preStopSeconds" | "scratchBytes"> & {
    /** The volume that is its `/tmp`. */
    readonly tmp: string;
  };

function container(args: ContainerArgs): Container {
  return {
    name: args.name,
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
    ...(args.preStopSeconds ? { lifecycle: { preStop: preStopOf(args.preStop, args.preStopSeconds) } } : {}),
    resources: kubernetesResources(args.resources, { tmpSize: tmpSizeOf(args), scratchBytes: args.scratchBytes }),
    securityContext: containerSecurity,
    // The end of the log of a container that failed becomes its message, which is what a failed `up` shows.
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: args.tmp, mountPath: "/tmp" },
      ...(args.files ?? []).map(({ name, path, key }) => ({
        name,
        mountPath: path,
        ...(key === undefined ? {} : { subPath: key }),
        readOnly: true,
      })),
      ...(args.mounts ?? []),
    ],
  };
}

function preStopOf(command: readonly string[] | undefined, seconds: number): inputs.core.v1.LifecycleHandler {
  return command ? { exec: { command: [...command] } } : { sleep: { seconds } };
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

const tmpOf = ({ name }: Pick<OwnSidecar, "name">): string => `tmp-${name}`;

function ownSidecarContainer(sidecar: OwnSidecar): Container {
  const { user } = sidecar;
  return {
    ...container({ ...sidecar, tmp: tmpOf(sidecar) }),
    restartPolicy: "Always",
    ...(user === undefined ? {} : { securityContext: { ...containerSecurity, runAsUser: user } }),
  };
}

function variable(variable: EnvironmentVariable): inputs.core.v1.EnvVar {
  if ("value" in variable) return { name: variable.name, value: variable.value };
  if ("podField" in variable) return { name: variable.name, valueFrom: { fieldRef: { fieldPath: variable.podField } } };
  const { secretName, key } = variable.secret;
  return { name: variable.name, valueFrom: { secretKeyRef: { name: secretName, key } } };
}

/** Several files may come from one Secret or ConfigMap, and several containers may see the same ones. */
function fileVolumes(files: readonly MountedFiles[]): inputs.core.v1.Volume[] {
  return [...new Map(files.map((mounted) => [mounted.name, fileVolume(mounted)])).values()];
}

function fileVolume({ name, source }: MountedFiles): inputs.core.v1.Volume {
  // 0440: readable by the pod's group (fsGroup), by nobody else in the container.
  return "secret" in source
    ? { name, secret: { secretName: source.secret, defaultMode: 0o440 } }
    : { name, configMap: { name: source.configMap, defaultMode: 0o440 } };
}

const tmpSizeOf = ({ resources }: Pick<PodArgs, "resources">): string => resources.tmpSize ?? usualTmpSize;

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
