/**
 * Writes the configuration, roles and users that the program gives to Postgres and Redis, for servers that tests start:
 *
 *     node --require ./components/loader.cjs test/support/renderServers.ts FOLDER
 *
 * FOLDER then holds `postgresql.conf`, `pg_hba.conf`, `roles.sh` (run by sh, with `PGHOST` and so on of the superuser and
 * the variables of `rolesEnvironment`), `redis.conf`, `users.acl`, and `servers.json` with what a test must know: see
 * `RenderedServers`. Passwords are new in each run. The defaults of a stack's settings stand in everything.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessFiles } from "../../components/data/postgresAccess";
import * as conf from "../../components/data/postgresConf";
import { firstUsers } from "../../components/data/redisAcl";
import { redisConf, redisMemory } from "../../components/data/redisConf";
import { parseBytes as bytesOf } from "../../components/schema/values/resources";
import { parse } from "../components/settings/stack";

const roles = ["panel", "chat"] as const;
const generation = 1;

/** A user of a server and its password. */
interface LogIn {
  readonly user: string;
  readonly password: string;
}

/** How a part of the product logs in, and as which role (that of `GRANT`) its pods act. */
interface Part {
  readonly role: string;
  readonly app: LogIn;
  readonly owner: LogIn;
}

/** The content of `servers.json`. */
interface RenderedServers {
  readonly postgres: {
    readonly database: string;
    /** The superuser that the data folder is made with (`initdb --username`). */
    readonly superuser: LogIn;
    /** Variables that `roles.sh` reads the passwords from. */
    readonly rolesEnvironment: Readonly<Record<string, string>>;
    /** Whom the pods of each part log in as, and its migration. */
    readonly panel: Part;
    readonly chat: Part;
  };
  readonly redis: LogIn;
}

/** Letters and digits, as `generatedPassword` makes them. */
const password = (): string => randomBytes(20).toString("hex");

function render(folder: string): void {
  const settings = parse();
  if (settings.postgres.kind !== "inCluster" || settings.redis.kind !== "inCluster")
    throw new Error("not in the cluster");
  const rolesEnvironment: Record<string, string> = {};
  const logIn = (user: string, variable: string): LogIn => {
    rolesEnvironment[variable] ??= password();
    return { user, password: rolesEnvironment[variable] };
  };
  const part = (role: (typeof roles)[number]) => ({
    role: conf.appRole(role),
    app: logIn(conf.loginRole(role, generation), conf.passwordVariable(role)),
    owner: logIn(conf.ownerLoginRole(role, generation), conf.ownerPasswordVariable(role)),
  });
  const servers: RenderedServers = {
    postgres: {
      database: conf.database,
      superuser: { user: "postgres", password: password() },
      rolesEnvironment,
      panel: part("panel"),
      chat: part("chat"),
    },
    redis: { user: "panel", password: password() },
  };
  const files: Record<string, string> = {
    "postgresql.conf": conf.postgresqlConf({
      maxConnections: settings.postgres.maxConnections,
      memoryBytes: bytesOf(settings.postgres.resources.limits.memory),
      parameters: settings.postgres.parameters,
    }),
    ...accessFiles(),
    "roles.sh": conf.rolesScript(roles, generation),
    "redis.conf": redisConf(redisMemory(settings.redis.maxMemory)),
    "users.acl": firstUsers(password(), [{ login: servers.redis.user, prefix: "", password: servers.redis.password }]),
    "servers.json": `${JSON.stringify(servers, undefined, 2)}\n`,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error(
    "Name the folder to write to: node --require ./components/loader.cjs test/support/renderServers.ts FOLDER",
  );
  process.exit(2);
}
render(folder);
