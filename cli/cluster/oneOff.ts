import { randomInt } from "node:crypto";
import { consoleComponent, dnsLabel, labelValue, product, selectorLabels } from "../../components/naming";

/** A container as the API server returns it: what is not looked at is passed on as it is. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [field: string]: unknown;
}

/** A pod's specification as the API server returns it. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
  readonly affinity?: { readonly nodeAffinity?: unknown };
  readonly terminationGracePeriodSeconds?: number;
  readonly [field: string]: unknown;
}

/** A Deployment or a StatefulSet, as far as a pod is made from it. */
export interface LiveWorkload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly metadata?: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

/** Who asked for a pod, from where and when. */
export interface Caller {
  /** `ada@laptop` */
  readonly by: string;
  /** Whom the API server takes them for; undefined where it does not say. */
  readonly clusterUser?: string;
  readonly at: Date;
  /** The process that waits for the pod, which alone may sweep it before its time (`client.ts`). */
  readonly client: string;
}

/** What a pod of one's own is to do. */
export interface OneOffArgs {
  /** `console` is taken away when its caller leaves; `run` when its command has ended. */
  readonly purpose: "console" | "run";
  /** @default `<app>-<purpose>-<five letters and digits>` */
  readonly name?: string;
  readonly command: readonly string[];
  /** Variables on top of the app's own, or in their place. Everybody who may read Jobs can read them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Limits, as Kubernetes writes them: `500m`, `512Mi`. */
  readonly limits: { readonly cpu: string; readonly memory: string };
  /** Seconds until Kubernetes ends it, whatever became of its caller. */
  readonly deadlineSeconds: number;
  /** Seconds that it is kept after its end, for its log, when nobody takes it away. */
  readonly keptSeconds: number;
  /** Seconds between the stop signal and the kill. @default those of the app */
  readonly graceSeconds?: number;
  readonly caller: Caller;
}

/** A Job with one pod, ready for `kubectl create`. */
export interface OneOffJob {
  readonly apiVersion: "batch/v1";
  readonly kind: "Job";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly backoffLimit: 0;
    readonly activeDeadlineSeconds: number;
    readonly ttlSecondsAfterFinished: number;
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

/** The label that tells these Jobs and pods from all others; its value is the purpose. */
export const oneOffLabel = "switchboard.dev/one-off";
/** Annotations that say who did it: `by`, `cluster-user`, `at`, `of`, `client`. */
export const annotation = (name: "by" | "cluster-user" | "at" | "of" | "client") => `switchboard.dev/${name}`;
/** The one container. */
export const oneOffContainer = "one-off";

/**
 * A Job that runs one command in a pod of its own with the live image and configuration of a workload: its variables,
 * files, account, security, placement and sidecars. It is a Job and no bare pod because Kubernetes then ends it at its
 * deadline and removes it later, also when its caller's machine is gone; it is never tried twice.
 *
 * Its labels are those of no Service and no ReplicaSet: the app's name with the component `console`, which the network
 * policies let reach what the app reaches and which nothing may connect to.
 */
export function oneOffJob(workload: LiveWorkload, args: OneOffArgs): OneOffJob {
  const { template, app } = readTemplate(workload);
  const { caller, purpose } = args;
  const labels = {
    ...keptLabels(template.metadata?.labels ?? {}),
    ...selectorLabels({ name: app, component: consoleComponent }),
    "app.kubernetes.io/part-of": product,
    "app.kubernetes.io/managed-by": product,
    [oneOffLabel]: purpose,
    ...(labelValue(caller.by) ? { [annotation("by")]: labelValue(caller.by) } : {}),
  };
  const audit = auditOf(caller, `${workload.kind}/${workload.metadata.name}`);
  // A restart that somebody asked of the workload is no part of what it is.
  const { "kubectl.kubernetes.io/restartedAt": _, ...given } = template.metadata?.annotations ?? {};
  return jobOnce({
    ...{ name: args.name ?? dnsLabel(`${app}-${purpose}-${suffix()}`), namespace: workload.metadata.namespace },
    ...{ labels, annotations: audit },
    podAnnotations: { ...given, ...audit, "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
    ...{ deadlineSeconds: args.deadlineSeconds, keptSeconds: args.keptSeconds },
    pod: podSpec(template.spec, args),
  });
}

/** What annotations say of who asked for a Job. @param of what its pod was made from: `Deployment/panel` */
export function auditOf({ by, clusterUser, at, client }: Caller, of: string): Record<string, string> {
  return {
    [annotation("by")]: by,
    ...(clusterUser ? { [annotation("cluster-user")]: clusterUser } : {}),
    [annotation("at")]: at.toISOString(),
    [annotation("of")]: of,
    [annotation("client")]: client,
  };
}

/** What a Job that is never tried twice is made of. */
interface OnceArgs extends Pick<OneOffArgs, "deadlineSeconds" | "keptSeconds"> {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** @default those of the Job */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

/** A Job with one pod of its own. */
export function jobOnce(args: OnceArgs): OneOffJob {
  const { name, namespace, labels, annotations, podAnnotations = annotations, pod } = args;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels, annotations },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: args.deadlineSeconds,
      ttlSecondsAfterFinished: args.keptSeconds,
      template: { metadata: { labels, annotations: podAnnotations }, spec: pod },
    },
  };
}

function readTemplate({ kind, metadata, spec }: LiveWorkload) {
  const app = spec.template.metadata?.labels?.["app.kubernetes.io/name"];
  if (!app || spec.template.spec.containers.length === 0)
    throw new Error(`${kind} ${metadata.name} is not of this program: its pods have no app.kubernetes.io/name`);
  return { template: spec.template, app };
}

/** Labels of the workload's pods that are of no controller: the stage, the version, and what a cluster's owner added. */
function keptLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const ofControllers = ["pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name"];
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !ofControllers.includes(key)));
}

function podSpec(spec: PodSpec, args: OneOffArgs): PodSpec {
  const { topologySpreadConstraints, hostname, subdomain, affinity, ...same } = spec;
  // A disk belongs to the server that runs on it.
  const volumes = (spec.volumes ?? []).filter((volume) => !volume.persistentVolumeClaim);
  const there = new Set(volumes.map(({ name }) => name));
  const mounted = (container: Container): Container => ({
    ...container,
    volumeMounts: (container.volumeMounts ?? []).filter(({ name }) => there.has(name)),
  });
  return {
    ...same,
    ...(affinity?.nodeAffinity ? { affinity: { nodeAffinity: affinity.nodeAffinity } } : {}),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(mounted) } : {}),
    containers: [mounted(container(spec.containers[0]!, args))],
    volumes,
    restartPolicy: "Never",
    ...(args.graceSeconds === undefined ? {} : { terminationGracePeriodSeconds: args.graceSeconds }),
  };
}

/** Little is asked for and much is allowed: a node that runs short of memory ends this pod before any other. */
const requests = { cpu: "20m", memory: "64Mi" };

function container(main: Container, { command, environment = {}, limits }: OneOffArgs): Container {
  const { ports, startupProbe, readinessProbe, livenessProbe, lifecycle, resizePolicy, args, ...same } = main;
  return {
    ...same,
    name: oneOffContainer,
    command: [...command],
    env: [
      ...(main.env ?? []).filter(({ name }) => !Object.hasOwn(environment, name)),
      ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ],
    resources: { requests, limits },
  };
}

/** Five letters and digits without vowels, as Kubernetes makes them. */
export function suffix(): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
