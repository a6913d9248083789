import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureGoTool, type GoTool } from "../../engine/goTool";
import { repository } from "../../lib/paths";
import { temporaryFolder } from "../../lib/temporary";
import { serverCertificate } from "./serverCertificate";

/** A server that speaks S3 and keeps objects as files, at the version that `test/support/objectStore/go.mod` pins. */
const versitygw: GoTool = {
  module: join(repository, "test/support/objectStore"),
  package: "github.com/versity/versitygw/cmd/versitygw",
  name: "versitygw",
};

/** A bucket that speaks S3 by TLS, on an address of this machine. */
export class ObjectStore {
  static readonly bucket = "backups";
  readonly accessKey = "access-key-of-this-test";
  readonly secretKey = "secret-key-of-this-test";
  readonly #folder = temporaryFolder("object-store");
  #server: ChildProcess | undefined;
  #said = "";

  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly binary: string,
    /** PEM of the authority of its certificate. */
    readonly authority: string,
  ) {}

  /** @param host a name of the address, which the certificate is for */
  static async start(host: string, port: number): Promise<ObjectStore> {
    const [binary, { certificate, key, authority }] = await Promise.all([
      ensureGoTool(versitygw),
      serverCertificate(host),
    ]);
    const store = new ObjectStore(host, port, binary, authority);
    mkdirSync(store.bucketFolder, { recursive: true });
    writeFileSync(join(store.#folder, "tls.crt"), certificate);
    writeFileSync(join(store.#folder, "tls.key"), key, { mode: 0o600 });
    await store.open();
    return store;
  }

  /** Where the objects are. */
  get bucketFolder(): string {
    return join(this.#folder, "data", ObjectStore.bucket);
  }

  /** Answers again, or for the first time. */
  async open(): Promise<void> {
    const tls = ["--cert", join(this.#folder, "tls.crt"), "--key", join(this.#folder, "tls.key")];
    const words = [
      "--port",
      `127.0.0.1:${this.port}`,
      "--region",
      "us-east-1",
      ...tls,
      "posix",
      join(this.#folder, "data"),
    ];
    const env = { PATH: process.env.PATH, ROOT_ACCESS_KEY: this.accessKey, ROOT_SECRET_KEY: this.secretKey };
    const server = spawn(this.binary, words, { env });
    this.#server = server;
    for (const stream of [server.stdout, server.stderr])
      stream?.on("data", (chunk) => {
        this.#said += chunk;
      });
    while (!(await this.#answers())) {
      if (server.exitCode !== null) throw new Error(`versitygw did not start: ${this.#said}`);
      await sleep(100);
    }
  }

  /** Is away: connections are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null) return;
    const end = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await end;
  }

  async stop(): Promise<void> {
    await this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const { host, port, authority } = this;
      const asked = request({ host, port, path: "/", ca: authority }, (answer) => {
        answer.resume();
        resolve(true);
      });
      asked.once("error", () => resolve(false));
      asked.end();
    });
  }
}
