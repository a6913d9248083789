import { apps } from "../../../components/apps";
import type { BacklogSource } from "../../../components/apps/shared/health";
import type { AppModule } from "../../../components/apps/shared/module";
import { clouds } from "../../../components/clouds";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { StackState } from "../../../engine/stack/state";
import type { Target } from "../../../engine/stack/target";
import type { ClusterAccess } from "../../cluster/access";
import { declaredApps, declaredBacklogs, healthOf } from "../../cluster/apps";
import { managedStores } from "../../cluster/backups";
import { askCloudCli } from "../../cluster/cloudCli";
import { ClusterError } from "../../cluster/kubectlErrors";
import { publicUrls } from "../../cluster/publicUrls";
import { subjectOf } from "../../doctor/subject";
import { endsOf } from "../../versions";
import { askApp, askCertificate, askOwnApp } from "./addresses";
import { readBacklog } from "./backlog";
import { readArchiving } from "./backups";
import { readDependencies } from "./dependencies";
import { readDisks } from "./disks";
import type { BacklogFacts, Facts, StateFacts } from "./facts";
import { readManagedBackups } from "./managedBackups";
import { type NodeObject, type PlatformObject, platformKinds } from "./objects";
import { lockIn, outputsOf, stateFacts } from "./stateFacts";

type Outputs = Readonly<Record<string, unknown>>;
type StackApps = ReturnType<typeof declaredApps>;

/** What is asked once in a while. */
interface Known {
  readonly state: Facts["state"];
  readonly outputs: Outputs;
  readonly cluster?: Facts["cluster"];
  readonly managedBackups?: Facts["managedBackups"];
}

/** Where facts come from. It can be asked again and again: what changes only with an `up` is kept for a while. */
export class FactSource {
  private kept?: Known & { readonly until: number };
  private ends?: Promise<string | undefined>;

  constructor(
    private readonly target: Target,
    private readonly access: ClusterAccess,
    private readonly signal?: AbortSignal,
  ) {}

  /** @throws ClusterError when the cluster cannot be asked */
  async collect(): Promise<Facts> {
    const { kubectl } = this.access;
    const { state, outputs, cluster, managedBackups } = await this.state();
    const stackApps = declaredApps(this.target);
    const listed = kubectl.list<PlatformObject>(platformKinds);
    this.ends ??= this.readEnds();
    const [objects, archiving, disks, nodes, answers, backlogs, ends] = await Promise.all([
      listed,
      listed.then((objects) => readArchiving(kubectl, { objects })),
      listed.then((objects) => readDisks(kubectl, objects)),
      this.nodes(),
      this.addresses(outputs, stackApps),
      this.backlogs(stackApps),
      this.ends,
    ]);
    return {
      stack: this.target.stack,
      at: new Date().toISOString(),
      objects,
      nodes,
      state,
      ...answers,
      backlogs,
      ...(archiving && { archiving }),
      ...(disks && { disks }),
      ...(ends && { ends }),
      ...(cluster && { cluster }),
      ...(managedBackups && { managedBackups }),
    };
  }

  /** Read once: it changes with the settings and the day. What is wrong with the settings, others tell. */
  private readEnds(): Promise<string | undefined> {
    const now = new Date();
    return subjectOf(this.target, now).then(
      (subject) => endsOf(subject, now),
      () => undefined,
    );
  }

  private async nodes(): Promise<readonly NodeObject[] | undefined> {
    try {
      return await this.access.kubectl.list<NodeObject>("nodes");
    } catch (error) {
      // Who may look at one namespace may still ask how it is there.
      if (error instanceof ClusterError && error.trouble === "forbidden") return undefined;
      throw error;
    }
  }

  /** What workers say of their queues: those of apps with code of their own, and of the stack's file. */
  private async backlogs(stackApps: StackApps): Promise<readonly BacklogFacts[]> {
    const own = Object.values<AppModule>(apps).flatMap(({ health }) => health?.backlog ?? []);
    const declared = declaredBacklogs(stackApps);
    const isDeclared = ({ workload }: BacklogSource) => declared.some((one) => one.workload === workload);
    const sources = [...own.filter((one) => !isDeclared(one)), ...declared];
    const told = await Promise.all(sources.map((source) => readBacklog(this.access.kubectl, source)));
    return told.flatMap((one) => one ?? []);
  }

  private async addresses(outputs: Outputs, stackApps: StackApps): Promise<Pick<Facts, "addresses" | "certificates">> {
    const text = (name: string) => (typeof outputs[name] === "string" ? (outputs[name] as string) : undefined);
    const authority = text("certificateAuthority");
    const options = authority ? { authority } : {};
    const urls = publicUrls(outputs);
    const hosts = new Map(urls.map(([, url]) => [new URL(url).host, url] as const));
    const askWhole = async (name: string, url: string) => {
      const health = healthOf(name, stackApps);
      if (!health) return askApp(name, url, options);
      const [facts, dependencies] = await Promise.all([
        askOwnApp(name, health, url, options),
        health.servers && readDependencies(this.access.kubectl, health.servers),
      ]);
      return { ...facts, ...(dependencies && { dependencies }) };
    };
    const [addresses, certificates] = await Promise.all([
      Promise.all(urls.map(([name, url]) => askWhole(name, url))),
      Promise.all([...hosts.values()].map((url) => askCertificate(url, options))),
    ]);
    return { addresses, certificates };
  }

  /** Asking the backend starts the Pulumi CLI twice: with `--watch` that is done once in half a minute. */
  private async state(): Promise<Known> {
    if (this.kept && this.kept.until > Date.now()) return this.kept;
    const read: Known = await this.readState().catch((error: Error) => ({
      state: { unknown: error.message.split("\n")[0]! },
      outputs: {} as Outputs,
    }));
    this.kept = { ...read, until: Date.now() + 30_000 };
    return this.kept;
  }

  private async readState(): Promise<Known> {
    const backend = await StackState.open(this.target, this.signal);
    const [exported, last] = await Promise.all([backend.exported(), backend.lastUpdate()]);
    if (!exported) return { state: { unknown: "the backend has no such stack" }, outputs: {} };
    const lock: StateFacts["lock"] = backend.folder
      ? lockIn(backend.folder, this.target.stack)
      : (await backend.inProgress())
        ? { who: "an update" }
        : undefined;
    const { cloud } = this.target;
    const look = cloud && (clouds[cloud] as CloudModule).deployed()?.clusterProblems;
    const resources = exported.deployment?.resources ?? [];
    const stores = managedStores(this.target, resources);
    const [cluster, managedBackups] = await Promise.all([
      look?.(resources, askCloudCli),
      readManagedBackups(stores, askCloudCli),
    ]);
    return {
      state: stateFacts(exported, this.access.namespace, last, lock),
      outputs: outputsOf(exported),
      ...(cluster && { cluster }),
      ...(stores.length > 0 && { managedBackups }),
    };
  }
}
