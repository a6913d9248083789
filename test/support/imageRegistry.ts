import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { join } from "node:path";

/** How a registry behaves. */
export interface RegistryOptions {
  /** Refuses a tag that is there (ECR's IMMUTABLE, Artifact Registry's immutable tags). @default false */
  readonly immutable?: boolean;
  /** The one login that it takes. @default none is asked for */
  readonly login?: { readonly username: string; readonly password: string };
  /** Called before each request is passed on; an answer takes the place of the registry's. */
  readonly before?: (method: string, path: string) => Promise<number | undefined> | undefined;
}

/** Debian's docker-registry on loopback, behind a proxy that writes down what it is asked. */
export interface ImageRegistry {
  /** Host and port as image references name them. */
  readonly host: string;
  /** Host and port of the registry behind the proxy, which refuses nothing. */
  readonly behind: string;
  /** `PUT /v2/team/app/manifests/1`, in the order of the requests. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** Starts a registry that keeps its data below a folder. It listens on 127.0.0.1 alone. */
export async function startRegistry(folder: string, options: RegistryOptions = {}): Promise<ImageRegistry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const { immutable = false, login, before } = options;
  const password = join(folder, "htpasswd");
  if (login)
    writeFileSync(password, execFileSync("htpasswd", ["-Bbn", login.username, login.password]), { mode: 0o600 });
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({
      version: "0.1",
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}` },
      ...(login && { auth: { htpasswd: { realm: "test", path: password } } }),
    }),
  );
  const child = spawn("docker-registry", ["serve", join(folder, "config.json")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  // A test that ends early takes its registry along.
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  const said: string[] = [];
  child.stderr.on("data", (part: Buffer) => said.push(part.toString()));
  const behind = `127.0.0.1:${port}`;
  await listening(behind, child, said);
  const requests: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method = "GET", url = "/", headers } = incoming;
    requests.push(`${method} ${url.split("?")[0]}`);
    const pass = async () => {
      const taken =
        immutable &&
        method === "PUT" &&
        /\/manifests\/(?!sha256:)/.test(url) &&
        (await isThere(behind, url, headers.authorization));
      const status = (await before?.(method, url)) ?? (taken ? 400 : undefined);
      if (status !== undefined) {
        incoming.resume();
        outgoing.writeHead(status, { "content-type": "application/json" });
        outgoing.end(JSON.stringify({ errors: [{ code: "TAG_INVALID", message: "the tag exists and is immutable" }] }));
        return;
      }
      const on = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      on.on("error", () => outgoing.destroy());
      incoming.pipe(on);
    };
    pass().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { host, behind, requests, stop: () => stop(proxy, child) };
}

async function stop(proxy: Server, child: ChildProcess): Promise<void> {
  proxy.closeAllConnections();
  if (proxy.listening) await new Promise((resolve) => proxy.close(resolve));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null && child.kill("SIGKILL")) await ended;
}

function isThere(host: string, path: string, authorization?: string): Promise<boolean> {
  const accept =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";
  return fetch(`http://${host}${path}`, {
    method: "HEAD",
    headers: { accept, ...(authorization && { authorization }) },
  }).then(({ ok }) => ok);
}

/** Waits until the registry answers, or has ended. */
async function listening(host: string, child: ChildProcess, said: readonly string[]): Promise<void> {
  let ended: string | undefined;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code) => {
    ended = `exit code ${code}`;
  });
  for (;;) {
    if (ended !== undefined) throw new Error(`docker-registry: ${ended}; ${said.join("")}`);
    if (
      await fetch(`http://${host}/v2/`).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createSocket().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
