import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { disks } from "../../../sandbox/nodes/diskPlan";
import type { AddressPlan, NodePlan } from "../../../sandbox/nodes/layout";
import { postgresFolders } from "../../components/data/postgresServer";
import { wire } from "./outside";

/** Where pods reach the servers, in a network that is the company's own. */
const places = { postgres: "192.168.78.10", redis: "192.168.78.11" } as const;
/** The name of Postgres in the cluster's DNS; Redis is known by its address alone. */
const postgresName = "db.company.svc.cluster.local";

/** One folder, so that what a run that was killed has left is found. Below `/tmp`: the servers' user reads it. */
const folder = join(tmpdir(), "switchboard-stores-of-others");
/** Debian's user for programs that own nothing: Postgres refuses to run as root. */
const user = 65534;
/** Who may do everything in Redis. */
const password = "of-the-owner-of-redis";
const owner = `user owner on >${password} ~* &* +@all`;

/**
 * Debian's Postgres and Redis on a machine beside the cluster, as somebody else runs them: with an authority of their own,
 * TLS only, and log-ins that their owner made. They end with the process that has started them, however that ends.
 */
export class StoresOfOthers {
  /** PEM of the authority that has signed both servers. */
  readonly authority: string;
  readonly #machine: ChildProcess;
  readonly #unwire: () => Promise<void>;

  private constructor(machine: ChildProcess, unwire: () => Promise<void>) {
    this.authority = readFileSync(join(folder, "ca.crt"), "utf8");
    this.#machine = machine;
    this.#unwire = unwire;
  }

  /** @param users lines of Redis' ACL file, for those who are not its owner */
  static async start(plan: AddressPlan, nodes: readonly NodePlan[], users: readonly string[]): Promise<StoresOfOthers> {
    prepare(users);
    const own = ["--pid", "--ipc", "--net", "--fork", "--kill-child"];
    const machine = spawn(
      "setpriv",
      ["--pdeathsig=KILL", "unshare", ...own, "--", "sh", "-c", startScript(postgresFolders()[0]!)],
      { stdio: ["ignore", "ignore", "inherit"], cwd: folder },
    );
    for (let tries = 0; ; tries++) {
      const answers = await Promise.all([sql("SELECT 1"), redis("PING")]).catch((error: Error) => error);
      if (!(answers instanceof Error)) break;
      if (tries === 150 || machine.exitCode !== null) throw answers;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const unwire = await wire(plan, nodes, {
      ...{ pid: machine.pid!, link: "stores", number: 251 },
      places: Object.values(places),
    });
    return new StoresOfOthers(machine, unwire);
  }

  /** What a statement answers its superuser, as lines. @throws when it fails */
  sql(statement: string, database?: string): Promise<string[]> {
    return sql(statement, database);
  }

  /** What a command answers its owner, as lines. @throws when it fails */
  redis(...command: readonly string[]): Promise<string[]> {
    return redis(...command);
  }

  async end(): Promise<void> {
    await this.#unwire();
    const ended = new Promise((resolve) => this.#machine.once("exit", resolve));
    this.#machine.kill("SIGKILL");
    await ended;
    clear();
  }
}

/** Makes the folder anew, with certificates, a database cluster and the configuration of both. */
function prepare(users: readonly string[]): void {
  clear();
  mkdirSync(folder);
  chownSync(folder, user, user);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl(
    ...["req", "-x509", ...key, "-subj", "/CN=authority of a company", "-keyout", "ca.key", "-out", "ca.crt"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  const names = { postgres: `DNS:${postgresName}`, redis: `IP:${places.redis}` };
  for (const [server, name] of Object.entries(names))
    openssl(
      ...["req", "-x509", ...key, "-CA", "ca.crt", "-CAkey", "ca.key", "-subj", `/CN=${server}`],
      ...["-addext", `subjectAltName=${name}`, "-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", `${server}.key`, "-out", `${server}.crt`],
    );
  const bin = postgresFolders()[0];
  if (!bin) throw new Error("there is no Postgres: install Debian's postgresql-15");
  for (const name of readdirSync(folder)) chownSync(join(folder, name), user, user);
  execFileSync(
    join(bin, "initdb"),
    ["--pgdata=data", "--username=postgres", "--auth=scram-sha-256", "--auth-local=trust", "--no-sync"],
    { cwd: folder, uid: user, gid: user, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" }, stdio: "pipe" },
  );
  const hba = "local all postgres trust\nhostssl all all all scram-sha-256\n";
  writeFileSync(join(folder, "data/pg_hba.conf"), hba);
  writeFileSync(join(folder, "users.acl"), `${["user default off", owner, ...users].join("\n")}\n`);
  chmodSync(folder, 0o755);
}

/** Both servers, in the foreground. Their sockets are for their owner. */
function startScript(bin: string): string {
  const as = `setpriv --reuid=${user} --regid=${user} --clear-groups --`;
  const redisFlags = [
    ...["--port 0", "--tls-port 6379", "--bind 0.0.0.0", "--tls-auth-clients no", "--protected-mode no"],
    ...["--tls-cert-file redis.crt", "--tls-key-file redis.key", "--tls-ca-cert-file ca.crt"],
    ...["--aclfile users.acl", `--unixsocket ${folder}/redis.sock`, "--dir .", "--save ''", "--loglevel warning"],
  ];
  const settings = [
    ...["listen_addresses=*", `unix_socket_directories=${folder}`, "fsync=off", "password_encryption=scram-sha-256"],
    ...["ssl=on", `ssl_cert_file=${folder}/postgres.crt`, `ssl_key_file=${folder}/postgres.key`],
  ];
  return `set -eu
${as} redis-server ${redisFlags.join(" ")} &
${as} ${bin}/postgres -D data ${settings.map((one) => `-c ${one}`).join(" ")} &
wait`;
}

async function sql(statement: string, database = "postgres"): Promise<string[]> {
  const flags = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"];
  const where = [`--host=${folder}`, "--username=postgres", `--dbname=${database}`];
  const { stdout } = await execa("psql", [...flags, ...where, "--command", statement]);
  return stdout.split("\n").filter(Boolean);
}

async function redis(...command: readonly string[]): Promise<string[]> {
  const way = ["-s", join(folder, "redis.sock"), "-e", "--no-auth-warning", "--user", "owner", "--pass", password];
  const { stdout } = await execa("redis-cli", [...way, ...command]);
  return stdout.split("\n").filter(Boolean);
}

function clear(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
}

/** What the company has in the cluster: a namespace with the name of its Postgres, and a class of disks that stay as they are. */
export function companyObjects() {
  const namespace = "company";
  const labels = { "kubernetes.io/service-name": "db" };
  const ports = [{ name: "postgres", port: 5432 }];
  const meta = { name: "db", namespace };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "Service", metadata: meta, spec: { clusterIP: "None", ports } },
    {
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { ...meta, labels } },
      ...{ addressType: "IPv4", ports, endpoints: [{ addresses: [places.postgres] }] },
    },
    {
      ...{ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "disks" } },
      ...{ provisioner: disks.provisioner, volumeBindingMode: "WaitForFirstConsumer" },
    },
  ];
}
