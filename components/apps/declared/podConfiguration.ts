import type * as pulumi from "@pulumi/pulumi";
import type { Destination, EnvironmentVariable, Place, PostgresEndpoint, RedisEndpoint } from "../../contracts";
import { type AppConfiguration, givenEnvironment } from "../../kubernetes/configuration";
import { authorityFiles, postgresVariables, redisVariables } from "../../kubernetes/connections";
import type { ServerTls } from "../../kubernetes/serverTls";
import { variablesOf } from "../../kubernetes/variables";
import type { VersionedSecret } from "../../kubernetes/versionedSecret";
import type { ReleaseLabels } from "../../naming";
import type { PodAccess } from "./accessResources";
import type { AppFiles } from "./fileResources";
import type { KnownOthers } from "./known";
import type { MadeSecrets } from "./madeSecrets";
import type { KeptSecrets } from "./secretResources";
import type { DeclaredApp } from "./settings";
import { redisPrefixOf } from "./spec";
import { type UsedApp, usedAppFiles, usedAppVariables } from "./uses";
import { databaseUrl, platformVariables, redisUrl } from "./variables";

/** What the pods of an app are given to know. */
export interface PodConfigurationArgs {
  readonly app: DeclaredApp;
  readonly place: Place;
  readonly version: string | undefined;
  readonly release: ReleaseLabels;
  readonly redis: RedisEndpoint | undefined;
  /** The apps that it calls. */
  readonly called: readonly UsedApp[];
  readonly certificates: ReadonlyMap<string, ServerTls>;
  readonly access: PodAccess;
  readonly kept: KeptSecrets;
  readonly made: MadeSecrets;
  readonly known: KnownOthers;
  readonly files: AppFiles;
  /** `secretEnv`, and what was generated for all pods. */
  readonly given: VersionedSecret;
  /** The names in it. */
  readonly secretEnv: Readonly<Record<string, unknown>>;
}

/** One kind of pods. */
interface PodKind {
  readonly component: string;
  /** How it logs in to Postgres, if at all. */
  readonly database: PostgresEndpoint | undefined;
  readonly port?: number | undefined;
  /** Variables of its own. */
  readonly own?: readonly EnvironmentVariable[];
  readonly after: readonly pulumi.Resource[];
}

/** What pods of an app connect to, whichever they are. */
export function destinationsOf(
  { redis, access, called }: Pick<PodConfigurationArgs, "redis" | "access" | "called">,
  database: PostgresEndpoint | undefined,
): Destination[] {
  return [
    ...(database?.destinations ?? []),
    ...(redis?.destinations ?? []),
    ...access.destinations,
    ...called.map(({ process, service }) => ({ pods: process.identity, port: service.port })),
  ];
}

/** What one kind of pods of an app knows. */
export function podConfiguration(
  name: string,
  args: PodConfigurationArgs,
  { component, database, port, own = [], after }: PodKind,
): AppConfiguration {
  const { app, place, version, release, redis, called, certificates, access, kept, known, files, given } = args;
  const made = args.made.of(component);
  return {
    ...place,
    image: app.image.reference,
    version,
    serviceAccount: access.serviceAccount,
    environment: [
      ...variablesOf(platformVariables, { place, version: release.version, port }),
      ...own,
      ...(database ? [...variablesOf(postgresVariables, database), ...variablesOf(databaseUrl, database)] : []),
      ...(redis
        ? [
            ...variablesOf(redisVariables, redis),
            ...variablesOf(redisUrl, { ...redis, prefix: redisPrefixOf(name, app) }),
          ]
        : []),
      ...called.flatMap(usedAppVariables),
      ...known.environment,
      ...made.environment,
      ...access.environment,
      ...kept.environment,
      ...givenEnvironment({ env: app.env, secretEnv: args.secretEnv }, given),
    ],
    files: [
      ...authorityFiles({ ...(database && { postgres: database.tls }), ...(redis && { redis: redis.tls }) }),
      ...usedAppFiles(called, (service) => certificates.get(service)!.authority),
      ...files.of(component),
      ...known.files,
      ...made.files,
    ],
    connectsTo: destinationsOf(args, database),
    sidecars: database?.sidecars ?? [],
    after: [
      ...(database?.ready ?? []),
      ...(redis?.ready ?? []),
      ...called.flatMap(({ service }) => certificates.get(service.name)?.ready ?? []),
      ...made.ready,
      ...after,
    ],
  };
}
