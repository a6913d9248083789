import * as pulumi from "@pulumi/pulumi";
import type {
  Connection,
  EnvironmentVariable,
  HttpBackend,
  Place,
  PodIdentity,
  Postgres,
  PostgresEndpoint,
  Redis,
  Route,
} from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { IngressSettings } from "../../ingress/settings";
import { type AppConfiguration, givenEnvironment } from "../../kubernetes/configuration";
import { authorityFiles, oncePerDatabase, postgresVariables, redisVariables } from "../../kubernetes/connections";
import { CronWorkload } from "../../kubernetes/cronWorkload";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { Job } from "../../kubernetes/job";
import { generatedPassword } from "../../kubernetes/passwords";
import { releaseOf } from "../../kubernetes/podTemplate";
import { httpProbes } from "../../kubernetes/probes";
import { clusterService } from "../../kubernetes/service";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { Workload } from "../../kubernetes/workload";
import { consoleComponent, standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import type { ChatTokens } from "../chat/tokenKeys";
import { egressConnections } from "../shared/egress";
import { KeyPairs } from "../shared/keyPairs";
import { panelProbes } from "./paths";
import type { PanelSettings, WorkersSettings } from "./settings";
import { migrationVariables, panelVariables, panelPort as port, webVariables } from "./variables";

/** What the panel is given. */
export interface PanelArgs {
  readonly settings: {
    panel: PanelSettings;
    workers: WorkersSettings;
    edge: IngressSettings;
    operations: OperationsSettings;
  };
  readonly place: Place;
  /** Public addresses: `https://…` of the panel, `wss://…` of the chat. */
  readonly addresses: { readonly panel: string; readonly chatSocket: string };
  readonly postgres: Postgres;
  readonly redis: Redis;
}

const web = { name: "panel", component: "web" };
const scheduled = (schedule: string) => ({ name: "panel", component: `schedule-${schedule}` });
const main = (command: string) => ["node", "src/main.js", command];

/**
 * The admin and user panel: its secrets, the migration that every rollout waits for, its pods, its scheduled jobs. The
 * workers are a component of their own on the same configuration.
 */
export class Panel extends pulumi.ComponentResource {
  /** What every process of the panel runs with: the workers and the schedules with no more than this. */
  readonly configuration: AppConfiguration;
  readonly connections: readonly Connection[];
  readonly rollout: Rollout;
  /** How the chat judges the panel's tokens. */
  readonly chatTokens: ChatTokens;
  /** The first administrator, for the first log-in. */
  readonly firstLogin: pulumi.Output<{ email: string; password: string }>;
  readonly #backend: HttpBackend;

  constructor(name: string, args: PanelArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Panel", name, {}, opts);
    const { place } = args;
    const settings = args.settings.panel;
    const postgres = args.postgres.endpoint("panel");
    const owner = args.postgres.ownerEndpoint("panel");
    const redis = args.redis.endpoint("panel");
    const image = settings.image.reference;
    const { version } = args.settings.operations;
    const release = releaseOf({ ...place, image, version });
    const labels = standardLabels(web, release);
    const parent: pulumi.Resource = this;

    const password = (purpose: string) => generatedPassword(`${name}-${purpose}`, 1, { parent }).result;
    const administratorPassword = password("administrator");
    // Apart from each other: what uses one of them must not roll when another changes, nor see it.
    const stored = (purpose: string, values: Readonly<Record<string, pulumi.Input<string>>>) =>
      new VersionedSecret(`${name}-${purpose}`, { namespace: place.namespace, labels, values }, { parent });
    const session = secretFile("session", password("session"));
    const administrator = secretFile("administrator", administratorPassword);
    const keys = new KeyPairs(
      "switchboard:apps:ChatTokenKeys",
      `${name}-chat-token`,
      { namespace: place.namespace, labels, generation: settings.chatTokenGeneration },
      { parent },
    );
    const signing = secretFile("signing", keys.privateKey);
    const given = stored("given", settings.secretEnv);
    const configuration: AppConfiguration = {
      ...place,
      image,
      version,
      environment: environment(postgres),
      files: authorityFiles({ postgres: postgres.tls, redis: redis.tls }),
      connectsTo: [...postgres.destinations, ...redis.destinations],
      sidecars: postgres.sidecars,
      after: [...postgres.ready, ...redis.ready, ...given.ready],
    };
    const migration = new Job(
      `${name}-migrate`,
      {
        ...configuration,
        environment: [
          ...environment(owner),
          ...variablesOf(migrationVariables, {
            email: settings.firstAdministrator,
            passwordFile: administrator.path,
            chatRole: args.postgres.endpoint("chat").role,
          }),
        ],
        files: [...authorityFiles({ postgres: owner.tls, redis: redis.tls }), administrator.file],
        connectsTo: [...owner.destinations, ...redis.destinations],
        sidecars: owner.sidecars,
        after: [...configuration.after, ...owner.ready, ...administrator.ready],
        identity: { name: "panel", component: "migration" },
        command: main("migrate"),
        runsOncePer: oncePerDatabase(owner),
        wholeSecrets: [given.currentName],
        resources: fixedSizes.panelJob,
      },
      { parent },
    );
    this.configuration = { ...configuration, after: [...configuration.after, migration.job] };
    const service = clusterService(
      {
        name,
        namespace: place.namespace,
        identity: web,
        release,
        ports: { http: port },
      },
      { parent },
    );
    const workload = createWeb(this.configuration);
    const schedules = createSchedules(this.configuration);

    this.rollout = workload.rollout;
    const byHand = { name: "panel", component: consoleComponent };
    this.connections = [
      ...migration.connections,
      ...workload.connections,
      ...schedules.flatMap(({ connections }) => connections),
      ...configuration.connectsTo.map((to) => ({ from: byHand, to })),
      ...chosenEdges(byHand),
    ];
    this.#backend = { host: service.metadata.name, port, websocket: false, destination: { pods: web, port } };
    this.chatTokens = {
      publicKeys: keys.publicKeys,
      revocations: `${postgres.schema}.chat_revocations`,
      ready: [migration.job],
    };
    this.firstLogin = pulumi.secret(
      pulumi.output({ email: settings.firstAdministrator, password: administratorPassword }),
    );
    this.registerOutputs({ host: this.#backend.host });

    /** A secret that one process reads from a file. */
    function secretFile(purpose: string, value: pulumi.Input<string>) {
      const secret = stored(purpose, { value });
      const path = `/run/secrets/${purpose}`;
      return { path: `${path}/value`, file: { name: purpose, path, source: secret.source }, ready: secret.ready };
    }

    function environment(database: PostgresEndpoint): EnvironmentVariable[] {
      const { settings, addresses } = args;
      return [
        ...variablesOf(panelVariables, { place, version: release.version, settings, addresses }),
        ...variablesOf(postgresVariables, database),
        ...variablesOf(redisVariables, redis),
        ...givenEnvironment(settings.panel, given),
      ];
    }

    /** What the settings open. What a worker or a schedule does can be done by hand too. */
    function chosenEdges(byHand: PodIdentity): Connection[] {
      const ofSchedules = Object.entries(settings.schedules);
      const everything = [settings, args.settings.workers, ...Object.values(settings.schedules)];
      return [
        ...egressConnections(web, settings.egress),
        ...ofSchedules.flatMap(([schedule, { egress }]) => egressConnections(scheduled(schedule), egress)),
        ...everything.flatMap(({ egress }) => egressConnections(byHand, egress)),
      ];
    }

    function createWeb(configuration: AppConfiguration): Workload {
      return new Workload(
        name,
        {
          ...configuration,
          environment: [
            ...configuration.environment,
            ...variablesOf(webVariables, { session: session.path, signing: signing.path }),
          ],
          files: [...configuration.files, session.file, signing.file],
          after: [...configuration.after, ...session.ready, ...signing.ready],
          identity: web,
          command: main("web"),
          ports: { http: port },
          replicas: settings.replicas,
          resources: settings.resources,
          probes: httpProbes(),
          // Longer than NGINX keeps a connection to the pod open (edge/nginxConf.ts).
          preStopSeconds: args.settings.edge.upstreamPreStopSeconds,
          shutdownSeconds: settings.shutdownSeconds,
        },
        { parent },
      );
    }

    function createSchedules(configuration: AppConfiguration): CronWorkload[] {
      return Object.entries(settings.schedules).map(
        ([schedule, { cron, timeZone, command }]) =>
          new CronWorkload(
            `${name}-${schedule}`,
            {
              ...configuration,
              identity: scheduled(schedule),
              cron,
              timeZone,
              command,
              resources: fixedSizes.panelJob,
            },
            { parent },
          ),
      );
    }
  }

  /** The panel's route: everything below its host name but its probes, with limited log-in attempts. */
  routeAt({ host }: { readonly host: string }): Route {
    return { hostname: host, path: "/", to: this.#backend, limitedPath: "/login", closed: panelProbes };
  }
}
