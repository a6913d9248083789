import { homedir } from "node:os";
import type { RunningServers } from "../../../components/clouds/shared/versions";
import { factsOf } from "../../../components/facts";
import { Registries } from "../../../components/registry/manifests";
import { findEngine } from "../../../engine";
import { offlineResources } from "../../../engine/resources/offline";
import { StackState } from "../../../engine/stack/state";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import { accessTo } from "../../cluster/access";
import { LiveWorld } from "../../doctor/world";
import type { VersionSources } from "../../versions";
import { chartsIn } from "../../versions/charts";
import type { ServerVersions } from "../../versions/cluster";

/** Everything that versions are read from, now. What does not answer is told in the rows that it concerns. */
export async function liveSources(target: Target, signal: AbortSignal): Promise<VersionSources> {
  const registries = new Registries({ env: process.env, home: homedir() }, signal);
  const environment = target.cloud
    ? await findEngine({ cloud: target.cloud, signal }).then(
        ({ env }) => env,
        () => ({}),
      )
    : {};
  const servers = target.cloud ? await runningServers(target, signal) : {};
  const cluster = target.cloud ? undefined : await serverVersions(target, signal);
  const resources = await offlineResources(target.stack);
  return {
    world: new LiveWorld(signal, environment),
    ...{ servers, charts: chartsIn(resources), cluster },
    local: target.local,
    tagsOf: (reference) => registries.tagsOf(reference),
  };
}

/** The servers of the cloud that the stack's state knows; none where it cannot be read. */
async function runningServers(target: Target, signal: AbortSignal): Promise<RunningServers> {
  try {
    const exported = await (await StackState.open(target, signal)).exported();
    return serversIn(exported?.deployment?.resources ?? []);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return {};
  }
}

interface StateServer {
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Servers of a cloud among the resources of a state, by the facts of their types. */
export function serversIn(resources: readonly StateServer[]): RunningServers {
  const found = resources.flatMap(({ type, id, inputs, outputs, delete: goes }) => {
    const known = goes ? undefined : factsOf(type)?.managed;
    if (!known) return [];
    const all = { ...inputs, ...outputs };
    const version = /\d+(?:[._]\d+)*/.exec(String(known.running(all)))?.[0].replaceAll("_", ".");
    return [[known.tier, { name: String(all.name ?? all.identifier ?? id ?? ""), ...(version && { version }) }]];
  });
  return Object.fromEntries(found);
}

/** What an existing cluster says of itself, or why it does not. */
async function serverVersions(
  target: Target,
  signal: AbortSignal,
): Promise<ServerVersions | { readonly problem: string }> {
  try {
    const { kubectl, close } = await accessTo(target, { signal, evenWithoutNamespace: true });
    try {
      const { serverVersion } = await kubectl.json<{ serverVersion?: { gitVersion?: string } }>(["version"]);
      const server = serverVersion?.gitVersion;
      if (!server) return { problem: "its API server tells no version; look yourself: kubectl version" };
      const nodes = await kubectl
        .list<{ status?: { nodeInfo?: { kubeletVersion?: string } } }>("nodes")
        .catch(() => []);
      return { server, kubelets: nodes.flatMap(({ status }) => status?.nodeInfo?.kubeletVersion ?? []) };
    } finally {
      close();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { problem: `${error.message}; ${error.todo}` };
  }
}
