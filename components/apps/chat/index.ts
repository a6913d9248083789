import * as pulumi from "@pulumi/pulumi";
import type {
  Connection,
  EnvironmentVariable,
  HttpBackend,
  Place,
  Postgres,
  PostgresEndpoint,
  Route,
} from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { IngressSettings } from "../../ingress/settings";
import { beamCluster } from "../../kubernetes/beamCluster";
import { distributionPort } from "../../kubernetes/beamFlags";
import { type AppConfiguration, givenEnvironment } from "../../kubernetes/configuration";
import { authorityFiles, oncePerDatabase, postgresVariables } from "../../kubernetes/connections";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { Job } from "../../kubernetes/job";
import { releaseOf } from "../../kubernetes/podTemplate";
import { httpProbes } from "../../kubernetes/probes";
import { clusterService } from "../../kubernetes/service";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { Workload } from "../../kubernetes/workload";
import { consoleComponent, standardLabels } from "../../naming";
import { parseBytes as bytesOf } from "../../schema/values/resources";
import type { OperationsSettings } from "../../stack/settings";
import { egressConnections } from "../shared/egress";
import { publicKeysFile } from "../shared/keyPairs";
import { socketPath } from "./paths";
import type { ChatSettings } from "./settings";
import type { ChatTokens } from "./tokenKeys";
import { chatVariables, chatPort as port, socketVariables } from "./variables";

/** What the chat is given. */
export interface ChatArgs {
  readonly settings: { chat: ChatSettings; edge: IngressSettings; operations: OperationsSettings };
  readonly place: Place;
  /** Only pages of the panel may open a WebSocket. */
  readonly addresses: { readonly panel: string };
  readonly postgres: Postgres;
  /** How tokens that the panel signs are judged. */
  readonly tokens: ChatTokens;
}

const identity = { name: "chat", component: "socket" };
const tokenKeysFolder = "/run/config/token-keys";
const nodeTlsFolder = "/run/secrets/node-tls";

/**
 * The clustered chat on the BEAM. Its pods find each other by a headless Service that also publishes pods which are
 * not ready yet, so that a node joins before it serves; each is named after its address, and the cookie comes as a
 * file from a Secret. A Deployment and not a StatefulSet: a new pod can come before an old one goes.
 */
export class Chat extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];
  readonly rollout: Rollout;
  readonly #backend: HttpBackend;

  constructor(name: string, args: ChatArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Chat", name, {}, opts);
    const { place } = args;
    const settings = args.settings.chat;
    const postgres = args.postgres.endpoint("chat");
    const owner = args.postgres.ownerEndpoint("chat");
    const { namespace } = place;
    const image = settings.image.reference;
    const { version } = args.settings.operations;
    const release = releaseOf({ ...place, image, version });
    const parent: pulumi.Resource = this;

    const cluster = beamCluster(
      name,
      { namespace, identity, release, service: name, cookieGeneration: settings.cookieGeneration },
      { parent },
    );
    const given = new VersionedSecret(
      `${name}-given`,
      { namespace, labels: standardLabels(identity, release), values: settings.secretEnv },
      { parent },
    );
    const service = clusterService({ name, namespace, identity, release, ports: { http: port } }, { parent });
    const configuration: AppConfiguration = {
      ...place,
      image,
      version,
      environment: environment(postgres),
      files: [
        { name: "cookie", path: "/run/secrets/chat", source: { secret: cluster.cookie.secretName } },
        { name: "token-keys", path: tokenKeysFolder, source: args.tokens.publicKeys },
        ...authorityFiles({ postgres: postgres.tls }),
      ],
      connectsTo: postgres.destinations,
      sidecars: postgres.sidecars,
      after: [...postgres.ready, ...cluster.cookie.ready, ...given.ready],
    };
    const migration = new Job(
      `${name}-migrate`,
      {
        ...configuration,
        environment: environment(owner),
        files: authorityFiles({ postgres: owner.tls }),
        connectsTo: owner.destinations,
        sidecars: owner.sidecars,
        after: [...configuration.after, ...owner.ready],
        identity: { name: "chat", component: "migration" },
        command: ["/app/bin/chat", "eval", "Chat.Release.migrate()"],
        runsOncePer: oncePerDatabase(owner),
        wholeSecrets: [given.currentName],
        resources: fixedSizes.chatMigration,
      },
      { parent },
    );
    const workload = createWorkload();

    this.rollout = workload.rollout;
    // A console is a hidden node that connects to a live one.
    const byHand = { name: "chat", component: consoleComponent };
    this.connections = [
      ...migration.connections,
      ...workload.connections,
      ...[...configuration.connectsTo, cluster.distribution].map((to) => ({ from: byHand, to })),
      ...[identity, byHand].flatMap((pods) => egressConnections(pods, settings.egress)),
    ];
    this.#backend = { host: service.metadata.name, port, websocket: true, destination: { pods: identity, port } };
    this.registerOutputs({ host: this.#backend.host });

    function environment(database: PostgresEndpoint): EnvironmentVariable[] {
      const { addresses } = args;
      return [
        ...variablesOf(chatVariables, {
          place,
          version: release.version,
          settings,
          addresses,
          members: cluster.members,
        }),
        ...variablesOf(postgresVariables, database),
        ...givenEnvironment(settings, given),
      ];
    }

    function createWorkload(): Workload {
      return new Workload(
        name,
        {
          ...configuration,
          environment: [
            ...configuration.environment,
            ...variablesOf(socketVariables, {
              publicKeysFile: `${tokenKeysFolder}/${publicKeysFile}`,
              revocations: args.tokens.revocations,
              memoryBytes: bytesOf(settings.resources.limits.memory),
              nodeTlsFolder,
            }),
          ],
          files: [...configuration.files, { name: "node-tls", path: nodeTlsFolder, source: cluster.nodeTls }],
          after: [...configuration.after, migration.job, ...cluster.ready, ...args.tokens.ready],
          identity,
          command: ["/app/bin/chat", "start"],
          ports: { http: port, dist: distributionPort },
          replicas: settings.replicas,
          resources: settings.resources,
          connectsTo: [...configuration.connectsTo, cluster.distribution],
          probes: httpProbes(),
          // Longer than NGINX keeps a connection to the pod open (edge/nginxConf.ts).
          preStopSeconds: args.settings.edge.upstreamPreStopSeconds,
          shutdownSeconds: settings.drainSeconds,
        },
        { parent },
      );
    }
  }

  /** The chat's route, at its host name or a path of the panel's: its WebSocket and nothing else, no bodies. */
  routeAt({ host, path }: { readonly host: string; readonly path: string }): Route {
    return { hostname: host, path, to: this.#backend, only: [socketPath], socketsOnly: true, bodySize: "1k" };
  }
}
