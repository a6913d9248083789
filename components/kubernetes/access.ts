import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { absolute } from "../schema/values/paths";
import { type Kubeconfig, readKubeconfig, readKubeconfigs } from "./kubeconfig";

/** What a stack says of the cluster that it is put on: a context, and the file that has it. */
export interface NamedCluster {
  readonly context: string;
  /** The setting `cluster.kubeconfig`: from the repository's root, or `~/…`. */
  readonly kubeconfig?: string | undefined;
}

/** What that is read against. */
export interface ClusterEnvironment {
  /** The repository's root. */
  readonly root: string;
  readonly home: string;
  /** `$KUBECONFIG`: one file or several. */
  readonly kubeconfig?: string | undefined;
  /** `$PATH`, where a credential plugin is looked for. */
  readonly path: string;
  /** URL of the API server of the cluster that this process runs in, as a pod; undefined elsewhere. */
  readonly ownApiServer?: string | undefined;
  /** Where a pod finds its service account. @default what Kubernetes mounts */
  readonly serviceAccount?: string | undefined;
}

/** The context that means the cluster which this process runs in, where no kubeconfig has one of this name. */
const inClusterContext = "in-cluster";

const mountedServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The one way to a cluster that is there already, for the program and for every command: the file that the stack names,
 * else `$KUBECONFIG` (several files are one, as kubectl reads them), else `~/.kube/config`, cut down to the context that
 * the stack names; or, in a pod, its service account under the context `in-cluster`. Never a current context.
 * @throws Problem naming the file or the context and what to do
 */
export function wayToCluster(named: NamedCluster, environment: ClusterEnvironment): Kubeconfig {
  const paths = kubeconfigFiles(named.kubeconfig, environment);
  const server = environment.ownApiServer;
  if (named.context === inClusterContext && named.kubeconfig === undefined && server && !paths.some(existsSync))
    return ofServiceAccount(server, environment);
  return readKubeconfigs(paths, named.context, environment.path);
}

/** The files that are one kubeconfig: the one that is named, else those of `$KUBECONFIG`, else kubectl's own. */
export function kubeconfigFiles(
  named: string | undefined,
  environment: Pick<ClusterEnvironment, "root" | "home" | "kubeconfig">,
): string[] {
  const ambient = (environment.kubeconfig ?? "").split(delimiter).filter(Boolean);
  const files = named ? [named] : ambient.length > 0 ? ambient : ["~/.kube/config"];
  return files.map((path) => absolute(path, environment));
}

/** The token is named and not read: the kubelet renews it in its file. */
function ofServiceAccount(
  server: string,
  { serviceAccount = mountedServiceAccount, path }: ClusterEnvironment,
): Kubeconfig {
  const config = {
    clusters: [
      { name: inClusterContext, cluster: { server, "certificate-authority": join(serviceAccount, "ca.crt") } },
    ],
    users: [{ name: "service-account", user: { tokenFile: join(serviceAccount, "token") } }],
    contexts: [{ name: inClusterContext, context: { cluster: inClusterContext, user: "service-account" } }],
  };
  const file = { path: join(serviceAccount, "kubeconfig"), text: JSON.stringify(config) };
  return readKubeconfig([file], inClusterContext, path);
}

/** The API server of the cluster that this process is a pod of, by the variables that every pod has. */
export function ownApiServer(environment: NodeJS.ProcessEnv): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port) return undefined;
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** What this process finds of its environment; `root` is the repository's. */
export function clusterEnvironment(root: string, home: string, environment: NodeJS.ProcessEnv): ClusterEnvironment {
  return {
    ...{ root, home, kubeconfig: environment.KUBECONFIG, path: environment.PATH ?? "" },
    ownApiServer: ownApiServer(environment),
  };
}

/** How a person calls kubectl on that cluster: `kubectl --kubeconfig ./mine --context lab`. */
export function kubectlWords(named: NamedCluster): string {
  return `${kubectlOn(named)} --context ${shellWord(named.context)}`;
}

/** The command that makes it the current context of its kubeconfig. */
export function useContextWords(named: NamedCluster): string {
  return `${kubectlOn(named)} config use-context ${shellWord(named.context)}`;
}

function kubectlOn({ kubeconfig }: NamedCluster): string {
  return kubeconfig === undefined ? "kubectl" : `kubectl --kubeconfig ${shellWord(kubeconfig)}`;
}

/** A word of a shell; `~/` is left for the shell to read. */
function shellWord(text: string): string {
  return /^[\w~./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
