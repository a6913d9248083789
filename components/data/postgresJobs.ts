import type * as pulumi from "@pulumi/pulumi";
import type { Place, PostgresLogIn } from "../contracts";
import { authorityFiles, oncePerDatabase, postgresVariables } from "../kubernetes/connections";
import { fixedSizes } from "../kubernetes/fixedSizes";
import { variablesOf } from "../kubernetes/variables";
import { ServerJobs } from "./serverJobs";

/** What the Jobs of a Postgres server are made with. */
export interface PostgresJobsArgs {
  readonly place: Place;
  /** An image with `psql` 15 or newer. */
  readonly image: string;
  /** As whom they log in. */
  readonly administrator: PostgresLogIn;
}

/** The Jobs that run a script with psql as a server's administrator. @param name the server's */
export function postgresJobs(
  name: string,
  { place, image, administrator }: PostgresJobsArgs,
  opts: pulumi.ComponentResourceOptions,
): ServerJobs {
  return new ServerJobs(
    name,
    {
      ...{ place, image },
      tier: "postgres",
      runsOncePer: oncePerDatabase(administrator),
      environment: variablesOf(postgresVariables, administrator),
      files: authorityFiles({ postgres: administrator.tls }),
      sidecars: administrator.sidecars,
      resources: fixedSizes.postgresJob,
      connectsTo: administrator.destinations,
      ready: administrator.ready,
    },
    opts,
  );
}
