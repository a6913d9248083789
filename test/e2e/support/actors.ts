import type { PodIdentity } from "../../../components/contracts";
import { selectorLabels } from "../../../components/naming";
import { nodeImages } from "../../../sandbox/nodes/images";
import { podProcesses } from "./connections";
import { apply, eventually, get, kubectl, namespace } from "./system";

/** A pod that connections are tried from and to. */
export interface Actor {
  readonly name: string;
  readonly identity: PodIdentity;
  readonly address: string;
  readonly node: string;
  /** A process in its network namespace. */
  readonly pid: number;
  readonly ports: readonly number[];
}

const standIn = "switchboard.local/stand-in";

/** Every running pod of the stack, and what `standInFor` has started. */
export async function actors(): Promise<Actor[]> {
  const { items } = await get("pods", "--selector=app.kubernetes.io/component");
  const processes = podProcesses();
  return items
    .filter(({ status, metadata }: any) => status.phase === "Running" && !metadata.deletionTimestamp)
    .map((pod: any) => actorOf(pod, processes.get(pod.metadata.uid)));
}

function actorOf({ metadata, spec, status }: any, pid: number | undefined): Actor {
  if (pid === undefined) throw new Error(`pod ${metadata.name} has no process on this machine`);
  return {
    name: metadata.name,
    identity: identityIn(metadata.labels)!,
    address: status.podIP,
    node: spec.nodeName,
    pid,
    ports: [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports = [] }: any) =>
      ports.map((port: any) => port.containerPort),
    ),
  };
}

/** Who a selector or the labels of a pod mean, when they name one kind of pod. */
export function identityIn(labels: Readonly<Record<string, string>> = {}): PodIdentity | undefined {
  const [name, component] = [labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]];
  return name && component ? { name, component } : undefined;
}

/** Starts a pod that does nothing, as one of a kind that has none just now: a migration, a console, a schedule. */
export async function standInFor(kinds: readonly PodIdentity[]): Promise<void> {
  const pods = kinds.map((identity) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `stand-in-${identity.name}-${identity.component}`,
      namespace,
      labels: { ...selectorLabels(identity), [standIn]: "" },
    },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "pause",
          image: nodeImages.pause,
          imagePullPolicy: "Never",
          resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { cpu: "100m", memory: "16Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  }));
  await apply({ apiVersion: "v1", kind: "List", items: pods });
  await eventually("the stand-ins run", 60, async () => {
    const { items } = await get("pods", `--selector=${standIn}`);
    return items.every(({ status }: any) => status.phase === "Running" && status.podIP) || undefined;
  });
}

/** Takes every stand-in away. */
export async function dismissStandIns(): Promise<void> {
  await kubectl("delete", "pods", `--selector=${standIn}`, "--grace-period=0", "--force", "--wait=true");
}
