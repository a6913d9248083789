import { named, type Situation } from "../situation";

/** Changes of what holds data. */
export const data: readonly Situation[] = [
  {
    name: "postgres-tier",
    about: "Cloud SQL gets a larger machine and a larger disk",
    stack: "prod",
    to: ({ postgres }) => {
      postgres.tier = "db-custom-4-15360";
      postgres.diskGiB = 50;
    },
  },
  {
    name: "postgres-disk-ignored",
    about: "a smaller disk of Cloud SQL, which grows by itself: the program leaves its size alone",
    stack: "prod",
    from: ({ postgres }) => {
      postgres.diskGiB = 100;
    },
  },
  {
    name: "postgres-standby-off",
    about: "Cloud SQL loses its standby in another zone",
    stack: "prod",
    to: ({ postgres }) => {
      postgres.highAvailability = false;
    },
  },
  {
    name: "rds-class",
    about: "RDS gets another class and no second zone, and keeps backups for fewer days",
    stack: "prod-eks",
    to: ({ postgres }) => {
      postgres.instanceClass = "db.m7g.xlarge";
      postgres.highAvailability = false;
      postgres.backups.days = 7;
    },
  },
  {
    name: "postgres-major-version",
    about: "a new major version in place, which a guard refuses",
    stack: "prod",
    from: ({ postgres }) => {
      postgres.version = "16";
    },
  },
  {
    name: "postgres-deleted-protected",
    about: "the database is called otherwise, so the old one would go, and it is protected",
    stack: "prod-eks",
    state: (resources) => rename(resources, "postgres-instance", "postgres-primary"),
  },
  {
    name: "postgres-deleted",
    about: "the database goes, and operations.unprotected names it",
    stack: "prod",
    state: (resources) => {
      rename(resources, "postgres-instance", "postgres-primary");
      named(resources, "postgres-primary").protect = false;
    },
  },
  {
    name: "postgres-volume-larger",
    about: "Postgres in the cluster gets a larger volume: its claim grows in its place",
    stack: "dev",
    to: ({ postgres }) => {
      postgres.storage = "2Gi";
    },
  },
  {
    name: "redis-replaced",
    about: "Memorystore loses its standby, for which it is made anew",
    stack: "prod",
    from: ({ operations }) => {
      operations.protect = false;
    },
    to: ({ operations, redis }) => {
      operations.protect = false;
      redis.highAvailability = false;
    },
  },
  {
    name: "redis-replaced-protected",
    about: "the same with protection on, which the engine refuses",
    stack: "prod",
    to: ({ redis }) => {
      redis.highAvailability = false;
    },
  },
  {
    name: "redis-larger-eks",
    about: "ElastiCache gets larger nodes and one replica more",
    stack: "prod-eks",
    to: ({ redis }) => {
      redis.nodeType = "cache.m7g.large";
      redis.replicas = 2;
    },
  },
  {
    name: "password-generation",
    about: "the passwords of the database are made anew",
    stack: "prod",
    to: ({ postgres }) => {
      postgres.passwordGeneration = 2;
    },
  },
  {
    name: "protection-off",
    about: "nothing is protected any more",
    stack: "prod",
    to: ({ operations }) => {
      operations.protect = false;
    },
  },
  {
    name: "protection-off-one",
    about: "operations.unprotected names the database",
    stack: "prod-eks",
    to: ({ operations }) => {
      operations.unprotected = ["postgres-instance"];
    },
  },
];

/** As if an earlier version of the program had called it otherwise. */
function rename(resources: Parameters<NonNullable<Situation["state"]>>[0], from: string, to: string): void {
  const renamed = (urn: string) => (urn.endsWith(`::${from}`) ? `${urn.slice(0, -from.length)}${to}` : urn);
  for (const resource of resources) {
    resource.urn = renamed(resource.urn);
    resource.parent = renamed(resource.parent);
    if (resource.dependencies) resource.dependencies = resource.dependencies.map(renamed);
  }
}
