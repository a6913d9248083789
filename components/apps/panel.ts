import * as pulumi from "@pulumi/pulumi";
import type {
  EnvironmentVariable,
  HttpBackend,
  NetworkEdge,
  Place,
  Postgres,
  PostgresEndpoint,
  Redis,
  Route,
  SecretRef,
} from "../contracts";
import { generatedPassword } from "../data/passwords";
import { StoredSecret } from "../data/storedSecret";
import { consoleComponent, standardLabels } from "../naming";
import type { Settings } from "../settings";
import { type AppConfiguration, plainEnvironment } from "./appConfiguration";
import { authorityFiles, postgresEnvironment, redisEnvironment } from "./connections";
import { Job } from "./job";
import { releaseOf } from "./podTemplate";
import { httpProbes } from "./probes";
import { Schedule } from "./schedule";
import { clusterService } from "./service";
import { Workload } from "./workload";

/** What the panel is given. */
export interface PanelArgs {
  readonly settings: Pick<Settings, "panel" | "workers" | "edge">;
  readonly place: Place;
  /** Public addresses: `https://…` of the panel, `wss://…` of the chat. */
  readonly addresses: { readonly panel: string; readonly chatSocket: string };
  readonly postgres: Postgres;
  readonly redis: Redis;
}

const web = { name: "panel", component: "web" };
const port = 3000;
const main = (command: string) => ["node", "src/main.js", command];

/**
 * The admin and user panel: its secrets, the migration that every rollout waits for, its pods, its scheduled jobs. The
 * workers are a component of their own on the same configuration.
 */
export class Panel extends pulumi.ComponentResource {
  /** What the panel, its workers, its jobs and its console run with. */
  readonly configuration: AppConfiguration;
  readonly edges: readonly NetworkEdge[];
  readonly rollout: pulumi.Resource;
  /** The key that signs the tokens which the chat accepts. */
  readonly chatTokenKey: SecretRef;
  /** The first administrator, for the first log-in. */
  readonly firstLogin: pulumi.Output<{ email: string; password: string }>;
  readonly #backend: HttpBackend;

  constructor(name: string, args: PanelArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Panel", name, {}, opts);
    const { place } = args;
    const { panel: settings, workers } = args.settings;
    const postgres = args.postgres.endpoint("panel");
    const owner = args.postgres.ownerEndpoint("panel");
    const redis = args.redis.endpoint;
    const image = settings.image.reference;
    const release = releaseOf({ ...place, image });
    const labels = standardLabels(web, release);
    const parent: pulumi.Resource = this;

    const password = (purpose: string) => generatedPassword(`${name}-${purpose}`, 1, { parent }).result;
    const administratorPassword = password("administrator");
    // Apart from each other: what uses one of them must not roll when another changes.
    const stored = (suffix: string, values: Readonly<Record<string, pulumi.Input<string>>>) =>
      new StoredSecret(`${name}${suffix}`, { namespace: place.namespace, labels, values }, { parent });
    const own = stored("", { SESSION_SECRET: password("session"), ADMIN_PASSWORD: administratorPassword });
    const token = stored("-chat-token", { CHAT_TOKEN_KEY: password("chat-token") });
    const given = stored("-given", settings.secretEnv);
    const configuration: AppConfiguration = {
      ...place,
      image,
      environment: environment(postgres),
      files: authorityFiles({ postgres: postgres.tls, redis: redis.tls }),
      connectsTo: [...postgres.destinations, ...redis.destinations],
      companions: postgres.companions,
      after: [...postgres.ready, ...redis.ready, ...own.ready, ...token.ready, ...given.ready],
    };
    const migration = new Job(
      `${name}-migrate`,
      {
        ...configuration,
        environment: environment(owner),
        after: [...configuration.after, ...owner.ready],
        identity: { name: "panel", component: "migration" },
        command: main("migrate"),
        wholeSecrets: [given.currentName],
        resources: jobResources,
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

    this.rollout = workload.deployment;
    const byHand = configuration.connectsTo.map((to) => ({ from: { name: "panel", component: consoleComponent }, to }));
    this.edges = [...migration.edges, ...workload.edges, ...schedules.flatMap(({ edges }) => edges), ...byHand];
    this.#backend = { host: service.metadata.name, port, websocket: false, destination: { pods: web, port } };
    this.chatTokenKey = token.ref("CHAT_TOKEN_KEY");
    this.firstLogin = pulumi.secret(
      pulumi.output({ email: settings.firstAdministrator, password: administratorPassword }),
    );
    this.registerOutputs({ host: this.#backend.host });

    function environment(database: PostgresEndpoint): EnvironmentVariable[] {
      return [
        ...plainEnvironment({
          STAGE: place.stage,
          VERSION: release.version,
          LOG_LEVEL: place.logLevel,
          PORT: String(port),
          PUBLIC_URL: args.addresses.panel,
          CHAT_URL: args.addresses.chatSocket,
          SHUTDOWN_SECONDS: String(settings.shutdownSeconds),
          PG_POOL_SIZE: String(settings.connections),
          JOB_CONCURRENCY: String(workers.concurrency),
          JOB_TIMEOUT_SECONDS: String(workers.jobTimeoutSeconds),
          ADMIN_EMAIL: settings.firstAdministrator,
        }),
        { name: "POD_NAME", podField: "metadata.name" },
        ...postgresEnvironment(database),
        ...redisEnvironment(redis),
        { name: "SESSION_SECRET", secret: own.ref("SESSION_SECRET") },
        { name: "ADMIN_PASSWORD", secret: own.ref("ADMIN_PASSWORD") },
        { name: "CHAT_TOKEN_KEY", secret: token.ref("CHAT_TOKEN_KEY") },
        ...Object.keys(settings.secretEnv)
          .sort()
          .map((key) => ({ name: key, secret: given.ref(key) })),
        ...plainEnvironment(settings.env),
      ];
    }

    function createWeb(configuration: AppConfiguration): Workload {
      return new Workload(
        name,
        {
          ...configuration,
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

    function createSchedules(configuration: AppConfiguration): Schedule[] {
      return Object.entries(settings.schedules).map(
        ([schedule, { cron, timeZone, command }]) =>
          new Schedule(
            `${name}-${schedule}`,
            {
              ...configuration,
              identity: { name: "panel", component: `schedule-${schedule}` },
              cron,
              timeZone,
              command,
              resources: jobResources,
            },
            { parent },
          ),
      );
    }
  }

  /** The panel's route: everything below its host name, with limited log-in attempts. */
  routeAt({ host }: { readonly host: string }): Route {
    return { hostname: host, path: "/", to: this.#backend, limitedPath: "/login" };
  }
}

/** Enough for Node.js and a handful of queries. Fixed, because a migration must not run again when a size changes. */
const jobResources = { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "1", memory: "192Mi" } };
