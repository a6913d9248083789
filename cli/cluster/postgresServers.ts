import { isServer } from "../../components/data/servers/names";
import type { Kubectl } from "./kubectl";

interface ServerPod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly nodeName?: string;
    readonly initContainers?: readonly { readonly name: string }[];
    readonly containers?: readonly { readonly name: string }[];
  };
}

/** The pod of a Postgres server in the cluster that has a node. */
export interface RunningServer {
  readonly pod: string;
  /** Its main container. */
  readonly container: string;
  /** Whether it has backups: of two servers the one that the apps use. */
  readonly archives: boolean;
}

/** The Postgres servers of a stack that have a node, the one that the apps use first. */
export async function runningServers(kubectl: Kubectl): Promise<RunningServer[]> {
  const pods = await kubectl.list<ServerPod>("pods", "--selector=app.kubernetes.io/name=postgres");
  return pods
    .flatMap(({ metadata, spec }) => {
      const component = metadata.labels?.["app.kubernetes.io/component"];
      if (!component || !isServer(component) || !spec?.nodeName) return [];
      const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
      return [{ pod: metadata.name, container: component, archives: containers.some(({ name }) => name === "backup") }];
    })
    .sort((one, other) => Number(other.archives) - Number(one.archives));
}
