import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where Debian puts the programs of each major version. */
const debian = "/usr/lib/postgresql";
/** Postgres refuses to run as root. */
const nobody = { uid: 65534, gid: 65534 };

/**
 * The folders of Postgres' programs on this machine: Debian's, and those that `POSTGRES_BINARIES` names (separated by
 * colons), for versions that Debian does not have.
 */
export function postgresFolders(): string[] {
  const installed = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  const named = process.env.POSTGRES_BINARIES?.split(":").filter(Boolean) ?? [];
  return [...installed, ...named].filter((folder) => existsSync(join(folder, "initdb")));
}

/** What a program said. */
export interface Result {
  readonly code: number | null;
  readonly output: string;
}

/** A user that no server refuses to run as; none where the tests are no root themselves. */
export const serverUser = process.getuid?.() === 0 ? nobody : undefined;

/** A Postgres server of its own for one test, with `postgres` as its superuser. */
export interface PostgresServer {
  readonly major: number;
  /** Runs a shell script as a pod would, without a terminal. */
  sh(script: string, environment: Readonly<Record<string, string>>): Promise<Result>;
  /** Runs one statement; the rows come back as lines, columns separated by `|`. */
  sql(statement: string, environment?: Readonly<Record<string, string>>): Promise<Result>;
  /** Opens a session that stays. */
  session(environment: Readonly<Record<string, string>>): Promise<Session>;
  /** The server's log, which has every statement in it. */
  log(): string;
  stop(): Promise<void>;
}

/** An open session. */
export interface Session {
  ask(statement: string): void;
  /** Whether it still runs. */
  open(): boolean;
  /** Waits for its end. */
  end(): Promise<Result>;
}

/** What makes a server another one than those of tests about roles. */
export interface PostgresOptions {
  /** Content of `postgresql.conf`; the file says what is logged. @default every statement is logged */
  readonly configuration?: string;
  /** Content of `pg_hba.conf`. @default everyone proves a password */
  readonly hba?: string;
}

const logEverything = ["log_statement=all", "log_connections=on", "log_min_messages=debug1"];

/** Starts a server on a free loopback port. @param bin folder of its programs */
export async function startPostgres(bin: string, given: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-postgres-"));
  const user = process.getuid?.() === 0 ? nobody : {};
  if ("uid" in user) chownSync(folder, nobody.uid, nobody.gid);
  const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" };
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, superuser.PGPASSWORD);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" } };
  const initdb = await ended(
    spawn(
      join(bin, "initdb"),
      [`--pgdata=${data}`, "--username=postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--no-sync"],
      options,
    ),
  );
  if (initdb.code !== 0) throw new Error(`initdb: ${initdb.output}`);
  if (given.configuration !== undefined) writeFileSync(join(data, "postgresql.conf"), given.configuration);
  if (given.hba !== undefined) writeFileSync(join(data, "pg_hba.conf"), given.hba);
  const port = await freePort();
  const server = spawn(
    join(bin, "postgres"),
    [
      ["-D", data],
      ...[`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"],
      ...[`hba_file=${data}/pg_hba.conf`],
      ...(given.configuration === undefined ? logEverything : []),
    ].flatMap((argument) => (Array.isArray(argument) ? argument : ["-c", argument])),
    options,
  );
  let log = "";
  server.stderr?.on("data", (chunk) => {
    log += chunk;
  });
  const stopped = ended(server);
  const sessions: ChildProcess[] = [];
  // As in a pod, whose image has the clients of its server; a folder with servers alone takes Debian's.
  const newest = Math.max(...readdirSync(debian).map(Number));
  const clients = existsSync(join(bin, "psql")) ? bin : join(debian, String(newest), "bin");
  const base = {
    PATH: `${clients}:${process.env.PATH}`,
    PGHOST: "127.0.0.1",
    PGPORT: String(port),
    PGSSLMODE: "disable",
    LC_ALL: "C.UTF-8",
  };
  const sh: PostgresServer["sh"] = (script, environment) =>
    // Detached: no terminal to ask for a password at, as in a pod.
    ended(spawn("sh", ["-c", script], { detached: true, env: { ...base, ...environment } }));
  for (let tries = 0; (await sh("pg_isready --quiet", {})).code !== 0; tries++) {
    if (tries === 150 || server.exitCode !== null) throw new Error(`postgres did not start: ${log}`);
    await sleep(100);
  }
  return {
    major: Number(readFileSync(join(data, "PG_VERSION"), "utf8")),
    sh,
    sql: (statement, environment = superuser) =>
      sh('psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$STATEMENT"', {
        ...environment,
        STATEMENT: statement,
      }),
    async session(environment) {
      const child = spawn("psql", ["--no-psqlrc", "--tuples-only", "--no-align"], {
        detached: true,
        env: { ...base, ...environment },
      });
      const end = ended(child);
      sessions.push(child);
      child.stdin?.write("SELECT 'opened';\n");
      await new Promise<void>((resolve, reject) => {
        child.stdout?.once("data", () => resolve());
        void end.then(({ output }) => reject(new Error(output)));
      });
      return {
        ask: (statement) => void child.stdin?.write(`${statement}\n`),
        open: () => child.exitCode === null,
        end: () => {
          child.stdin?.end();
          return end;
        },
      };
    },
    log: () => log,
    async stop() {
      for (const session of sessions) session.kill("SIGKILL");
      server.kill("SIGQUIT");
      await stopped;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the end of a process. */
function ended(child: ChildProcess): Promise<Result> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: output.trim() }));
  });
}

/** A port of the loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
