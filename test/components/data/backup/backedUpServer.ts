import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as conf from "../../../../components/data/backup/configuration";
import { serveScript } from "../../../../components/data/backup/scripts";
import type { BackupSettings } from "../../../../components/data/backup/settings";
import { accessFiles } from "../../../../components/data/postgresAccess";
import { archiveParameters } from "../../../../components/data/postgresConf";
import { serverCertificate } from "../../../support/serverCertificate";
import { freePort, postgresFolders, type Result, serverUser } from "../postgresServer";

/** Whether there is a pgBackRest to test with. */
export const hasPgBackRest = (process.env.PATH ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "pgbackrest")));

/** Where a repository is, as settings say it, and its secrets. */
export interface RepositoryOfTest {
  readonly settings: BackupSettings["repository"];
  /** Lines of the secret configuration, by option. */
  readonly keys?: Readonly<Record<string, string>>;
  /** PEM of the authority of its endpoint. */
  readonly authority?: string;
}

/** What makes a server another one. */
export interface ServerOptions {
  /** @default a folder of this server's */
  readonly repository?: RepositoryOfTest;
  readonly encryptionKey?: string;
  /** Folder of the repository, where it is one. @default the server's own */
  readonly folder?: string;
}

/**
 * A Postgres server with pgBackRest's server beside it, and jobs that reach it by TLS, as in a stack: the rendered
 * configurations and scripts, with a folder of this machine in the place of the pods'.
 */
export class BackedUpServer {
  readonly folder = mkdtempSync(join(tmpdir(), "backup-"));
  readonly repositoryFolder: string;
  #postgres: ChildProcess | undefined;
  #served: ChildProcess | undefined;
  #password = "administrator-of-this-test";
  #port = 0;
  #servePort = 0;
  log = "";

  private constructor(private readonly options: ServerOptions) {
    this.repositoryFolder = options.folder ?? join(this.folder, "repository");
  }

  static async start(options: ServerOptions = {}): Promise<BackedUpServer> {
    const server = new BackedUpServer(options);
    await server.make();
    return server;
  }

  /** The paths of pods, and where they are here. */
  private moved(text: string): string {
    const places: Record<string, string> = {
      [conf.paths.configuration]: join(this.folder, "configuration"),
      [conf.paths.secrets]: join(this.folder, "secrets"),
      [conf.paths.tls]: join(this.folder, "tls"),
      [conf.paths.volume]: this.repositoryFolder,
      "/var/lib/postgresql/restored": join(this.folder, "restored"),
      "/etc/postgresql": join(this.folder, "etc"),
      "/tmp/pgbackrest": join(this.folder, "locks"),
      "/run/secrets/postgres": this.folder,
      [`port=${conf.serverPort}`]: `port=${this.#servePort}`,
    };
    return Object.entries(places).reduce((left, [from, to]) => left.replaceAll(from, to), text);
  }

  private async make(): Promise<void> {
    const { repository = { settings: { kind: "volume", storage: "1Gi" } as BackupSettings["repository"] } } =
      this.options;
    [this.#port, this.#servePort] = [await freePort(), await freePort()];
    for (const name of ["configuration", "secrets", "tls", "restored", "etc", "locks"])
      this.mkdir(join(this.folder, name));
    if (!existsSync(this.repositoryFolder)) this.mkdir(this.repositoryFolder);
    this.own(this.folder);
    const data = join(this.folder, "data");
    const args: conf.ConfigurationArgs = {
      stanza: "postgres",
      settings: { repository: repository.settings, keep: { count: 2, days: undefined } },
      server: { host: "localhost", dataFolder: data },
      restored: "/var/lib/postgresql/restored/data",
    };
    const port = (text: string) => text.replace("pg1-user=postgres", `pg1-user=postgres\npg1-port=${this.#port}`);
    this.write(`configuration/${conf.files.server}`, port(this.moved(conf.serverConfiguration(args))));
    // Each pod has a /tmp of its own.
    const jobs = port(this.moved(conf.jobsConfiguration(args))).replace("/locks", "/job-locks");
    this.write(`configuration/${conf.files.jobs}`, jobs);
    this.write(
      `configuration/${conf.files.restore}`,
      this.moved(conf.restoreConfiguration(args)).replace("/locks", "/drill-locks"),
    );
    this.giveKey(this.options.encryptionKey ?? "encryption-key-of-this-test-0123456789");
    if (repository.authority) this.write(`secrets/${conf.authorityFile}`, repository.authority);
    const { certificate, key, authority } = await serverCertificate("localhost");
    for (const [name, text] of Object.entries({ "tls.crt": certificate, "tls.key": key, "ca.crt": authority }))
      this.write(`tls/${name}`, text);
    this.write("password", this.#password);
    const { code, output } = await this.sh(
      `initdb --pgdata="$DATA" --username=postgres --pwfile="$PASSWORDS" --auth=scram-sha-256 --data-checksums --no-sync`,
      { DATA: data, PASSWORDS: join(this.folder, "password") },
    );
    if (code !== 0) throw new Error(output);
    const parameters = { ...archiveParameters, archive_timeout: "2s", max_connections: 20, shared_buffers: "32MB" };
    this.write(
      "etc/postgresql.conf",
      Object.entries(parameters)
        .map(([name, value]) => `${name} = '${value}'\n`)
        .join(""),
    );
    for (const [name, text] of Object.entries(accessFiles(this.folder)))
      this.write(`etc/${name}`, text.replace("hostssl", "host"));
    await this.startPostgres();
    await this.serve();
  }

  /** Gives jobs and server another key. */
  giveKey(encryptionKey: string): void {
    const { keys = {} } = this.options.repository ?? {};
    this.write("secrets/secrets.conf", conf.secretConfiguration({ ...keys, encryptionKey }));
  }

  private variables(file: string): Record<string, string> {
    const given = conf.configurationVariables(file, "postgres");
    const moved = Object.entries(given).map(([name, value]) => [name, this.moved(value)]);
    // What is away is given up sooner than after a minute.
    return { ...Object.fromEntries(moved), PGBACKREST_IO_TIMEOUT: "3" };
  }

  private get logIn() {
    return {
      ...{ PGHOST: "127.0.0.1", PGPORT: String(this.#port), PGUSER: "postgres", PGPASSWORD: this.#password },
      ...{ PGDATABASE: "postgres", PGSSLMODE: "disable" },
    };
  }

  async startPostgres(): Promise<void> {
    const words = [
      `port=${this.#port}`,
      "listen_addresses=127.0.0.1",
      `unix_socket_directories=${this.folder}`,
      "fsync=off",
    ];
    const given = [`--config-file=${this.folder}/etc/postgresql.conf`, "-D", join(this.folder, "data")];
    const access = ["hba", "ident"].flatMap((file) => ["-c", `${file}_file=${this.folder}/etc/pg_${file}.conf`]);
    this.#postgres = this.spawn(
      "postgres",
      [...given, ...access, ...words.flatMap((word) => ["-c", word])],
      this.variables(conf.files.server),
    );
    for (const stream of [this.#postgres.stdout, this.#postgres.stderr])
      stream?.on("data", (chunk) => {
        this.log += chunk;
      });
    for (let tries = 0; (await this.sh("pg_isready --quiet", this.logIn)).code !== 0; tries++) {
      if (tries === 150 || this.#postgres.exitCode !== null) throw new Error(`postgres did not start: ${this.log}`);
      await sleep(100);
    }
  }

  /** What the pod's other container does: it comes by the socket, without a password. */
  private async serve(): Promise<void> {
    const logIn = { PGHOST: this.folder, PGUSER: "postgres", PGDATABASE: "postgres" };
    const child = this.spawn("sh", ["-c", serveScript], { ...this.variables(conf.files.server), ...logIn });
    this.#served = child;
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
    const ping = { ...this.variables(conf.files.server) };
    const words = `pgbackrest server-ping --tls-server-port=${this.#servePort} localhost`;
    for (let tries = 0; (await this.sh(words, ping)).code !== 0; tries++) {
      if (tries === 100 || child.exitCode !== null) throw new Error(`pgbackrest server did not start: ${said}`);
      await sleep(100);
    }
  }

  /** Runs a script of a job, as its pod would. @returns the child, to be killed, and its end */
  run(
    script: string,
    file: string = conf.files.jobs,
  ): { readonly child: ChildProcess; readonly ended: Promise<Result> } {
    const logIn = file === conf.files.restore ? this.logIn : {};
    const child = this.spawn("sh", ["-c", this.moved(script)], { ...this.variables(file), ...logIn });
    return { child, ended: ended(child) };
  }

  /** Runs one statement as the administrator. */
  async sql(statement: string, database = "postgres"): Promise<string> {
    const words = 'psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$STATEMENT"';
    const { code, output } = await this.sh(words, { ...this.logIn, PGDATABASE: database, STATEMENT: statement });
    if (code !== 0) throw new Error(output);
    return output;
  }

  sh(script: string, environment: Readonly<Record<string, string>> = {}): Promise<Result> {
    return ended(this.spawn("sh", ["-c", script], environment));
  }

  /** Loses the volume, and gets another one that the script fills, as another stack would: with another password. */
  async loseVolume(prepare: string, password = this.#password): Promise<Result> {
    await stopped(this.#postgres, "SIGKILL");
    rmSync(join(this.folder, "data"), { recursive: true, force: true });
    this.#password = password;
    this.write("password", password);
    const child = this.spawn("sh", ["-c", this.moved(prepare)], {
      ...this.variables(conf.files.server),
      PGDATA: join(this.folder, "data"),
    });
    const result = await ended(child);
    if (result.code !== 0) return result;
    await this.startPostgres();
    await stopped(this.#served, "SIGTERM");
    await this.serve();
    return result;
  }

  /** Waits until all that was written is in the repository. */
  async archived(): Promise<void> {
    const segment = await this.sql("SELECT pg_walfile_name(pg_switch_wal())");
    const there = `SELECT coalesce(last_archived_wal, '') >= '${segment}' FROM pg_stat_archiver`;
    while ((await this.sql(there)) !== "t") await sleep(100);
  }

  /** @param prepare what runs before the server. @default nothing */
  async restart(prepare = "true"): Promise<void> {
    await stopped(this.#postgres, "SIGINT");
    const { code, output } = await this.sh(this.moved(prepare), { PGDATA: join(this.folder, "data") });
    if (code !== 0) throw new Error(output);
    await this.startPostgres();
  }

  async stop(): Promise<void> {
    await stopped(this.#served, "SIGTERM");
    await stopped(this.#postgres, "SIGQUIT");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawn(
    program: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): ChildProcess {
    const [bin = ""] = postgresFolders();
    const PATH = `${bin}${delimiter}${process.env.PATH}`;
    // A group of its own, so that all of a job ends when it is killed.
    return spawn(program, words, {
      ...serverUser,
      cwd: this.folder,
      detached: true,
      env: { PATH, LC_ALL: "C.UTF-8", ...environment },
    });
  }

  private write(name: string, text: string): void {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    this.own(path);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  private mkdir(path: string): void {
    mkdirSync(path);
    chmodSync(path, 0o700);
    this.own(path);
  }

  private own(path: string): void {
    if (serverUser) chownSync(path, serverUser.uid, serverUser.gid);
  }
}

async function stopped(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await end;
}

/** Waits for the end of a process. */
function ended(child: ChildProcess): Promise<Result> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: output.trim() }));
  });
}
