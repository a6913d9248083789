import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A user that may read nothing by itself, as in a pod; undefined where the tests are not run by root. */
const user = process.getuid?.() === 0 ? { uid: 10001, gid: 10001 } : undefined;

/** A pair of certificate and key. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed pair for a host, told apart by its common name. */
export function makePair(commonName: string, hosts: readonly string[]): Pair {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-pair-"));
  try {
    const [key, certificate] = ["key", "crt"].map((name) => join(folder, name)) as [string, string];
    const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`;
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", ...kind, "-subj", `/CN=${commonName}`, "-addext", names, ...files], {
      stdio: "ignore",
    });
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Secret as the kubelet mounts it: the files are links into `..data`, and that is a link which is exchanged whole. */
export class MountedSecret {
  #version = 0;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** What the kubelet does when the Secret has changed. */
  write(pair: Pair): void {
    const version = `..version-${++this.#version}`;
    mkdirSync(join(this.folder, version));
    for (const [name, text] of Object.entries({ "tls.crt": pair.certificate, "tls.key": pair.key })) {
      const file = join(this.folder, version, name);
      writeFileSync(file, text, { mode: 0o440 });
      // As in a pod: root's, and readable by the pod's group.
      if (user) chownSync(file, 0, user.gid);
    }
    symlinkSync(version, join(this.folder, "..data_tmp"));
    renameSync(join(this.folder, "..data_tmp"), join(this.folder, "..data"));
    if (this.#version > 1) return;
    for (const name of ["tls.crt", "tls.key"]) symlinkSync(join("..data", name), join(this.folder, name));
  }
}

/** The real NGINX of this machine with a generated configuration, on free ports of the loopback. */
export class NginxProcess {
  readonly folder = mkdtempSync(join(tmpdir(), "switchboard-nginx-"));
  readonly secret = new MountedSecret(join(this.folder, "tls"));
  ports!: { readonly https: number; readonly http: number; readonly health: number };
  #process: ChildProcess | undefined;
  #said = "";

  /**
   * @param conf what the pod gets; ports, folders and the addresses of the upstreams are exchanged for this machine's
   * @param upstreams `host:port` of the configuration to a port of the loopback
   * @throws Error with NGINX' own words when it does not start
   */
  async start(conf: string, upstreams: Readonly<Record<string, number>>): Promise<void> {
    const file = await this.#write(conf, upstreams);
    this.#process = spawn("nginx", this.#arguments(file), { ...user, stdio: ["ignore", "ignore", "pipe"] });
    this.#process.stderr!.on("data", (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    this.#process.on("error", (error) => {
      this.#said += `${error.message}: the tests need NGINX 1.22 or newer on PATH (apt-get install nginx)`;
    });
    await this.#healthy(this.ports.health);
  }

  /** What `nginx -t` says of a configuration beside that it is right; nobody is where its upstreams would be. */
  async complaints(conf: string): Promise<string> {
    const file = await this.#write(conf, {});
    const { stderr } = spawnSync("nginx", ["-t", ...this.#arguments(file)], { ...user, encoding: "utf8" });
    return stderr.replace(/^nginx: (the )?configuration file .* (syntax is ok|test is successful)\n/gm, "");
  }

  #arguments(file: string): string[] {
    return ["-e", "stderr", "-p", this.folder, "-c", file, "-g", "daemon off;"];
  }

  async #write(conf: string, upstreams: Readonly<Record<string, number>>): Promise<string> {
    const [https, http, health] = (await freePorts(3)) as [number, number, number];
    this.ports = { https, http, health };
    const local = Object.entries(upstreams)
      .reduce(
        (text, [address, port]) => text.replaceAll(`server ${address} `, `server 127.0.0.1:${port} `),
        conf
          .replaceAll(" /tmp/", ` ${this.folder}/`)
          .replaceAll("listen 8443", `listen 127.0.0.1:${https}`)
          .replaceAll("listen 8080", `listen 127.0.0.1:${http}`)
          .replaceAll("listen 8081", `listen 127.0.0.1:${health}`)
          .replaceAll("/dev/stdout", join(this.folder, "access.log"))
          .replaceAll("/run/secrets/tls", this.secret.folder),
      )
      .replace(/server (?!127\.)[a-z0-9.-]+:\d+ max_fails/g, "server 127.0.0.1:1 max_fails");
    const file = join(this.folder, "nginx.conf");
    writeFileSync(file, local);
    chmodSync(this.folder, 0o755);
    if (user) chownSync(this.folder, user.uid, user.gid);
    return file;
  }

  async #healthy(port: number): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (this.#process!.exitCode !== null || this.#process!.pid === undefined) break;
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`NGINX did not start:\n${this.#said}`);
  }

  /** What it has said on its standard error. */
  get said(): string {
    return this.#said;
  }

  /** Bytes of memory that its processes have for themselves. */
  get memory(): number {
    const pids = execFileSync("pgrep", ["-P", String(this.#process!.pid)], { encoding: "utf8" })
      .trim()
      .split("\n");
    return pids
      .map((pid) => /^Private_Dirty: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1])
      .reduce((sum, kilobytes) => sum + 1024 * Number(kilobytes), 0);
  }

  /** The requests that it has answered. */
  get accessLog(): string {
    return readFileSync(join(this.folder, "access.log"), "utf8");
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (running?.pid !== undefined && running.exitCode === null) {
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGTERM");
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
