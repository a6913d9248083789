import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { binaries } from "../../lib/paths";
import { ensureNodeTools } from "../../sandbox/nodes/tools";

/** A real API server on this machine's loopback, without nodes and controllers: what it refuses, a cluster refuses. */
export interface ApiServer {
  /** JSON of a kubeconfig whose context is `test`. */
  readonly kubeconfig: string;
  /** Runs kubectl on it. @returns what it printed */
  kubectl(args: readonly string[], input?: object): string;
  stop(): Promise<void>;
}

/** Starts etcd and the API server of the local nodes, with admission as it is by default, and waits until it is ready. */
export async function startApiServer(): Promise<ApiServer> {
  await ensureNodeTools(() => {}, new AbortController().signal);
  const folder = mkdtempSync(join(tmpdir(), "switchboard-api-"));
  const [client, peer, port] = await freePorts(3);
  const token = randomBytes(16).toString("hex");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const key = file("tokens.key", String(privateKey.export({ type: "pkcs8", format: "pem" })));
  const pub = file("tokens.pub", String(publicKey.export({ type: "spki", format: "pem" })));
  const users = file("users.csv", `${token},me,me,system:masters\n`);
  const local = (number: number | undefined) => `http://127.0.0.1:${number}`;
  const etcd = spawn(
    "etcd",
    [
      ...["--name=test", `--data-dir=${join(folder, "etcd")}`, "--log-level=error", "--unsafe-no-fsync"],
      ...[`--listen-client-urls=${local(client)}`, `--advertise-client-urls=${local(client)}`],
      ...[`--listen-peer-urls=${local(peer)}`, `--initial-advertise-peer-urls=${local(peer)}`],
      `--initial-cluster=test=${local(peer)}`,
    ],
    { stdio: "ignore" },
  );
  const server = spawn(
    join(binaries, "kube-apiserver"),
    [
      ...[`--etcd-servers=${local(client)}`, "--bind-address=127.0.0.1", `--secure-port=${port}`],
      ...[`--cert-dir=${join(folder, "pki")}`, "--service-cluster-ip-range=10.96.0.0/16", `--token-auth-file=${users}`],
      ...["--service-account-issuer=https://test", `--service-account-key-file=${pub}`],
      ...[`--service-account-signing-key-file=${key}`, "--authorization-mode=RBAC", "--profiling=false"],
    ],
    { stdio: "ignore" },
  );
  const config = file(
    "kubeconfig",
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
      clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
    }),
  );
  const stop = async () => {
    // An API server whose etcd is gone never ends.
    await ended(server);
    await ended(etcd);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    while (!(await isReady(port!, token))) {
      if ([etcd, server].some(({ exitCode }) => exitCode !== null)) throw new Error("etcd or the API server has ended");
      await sleep(200);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kubeconfig: execFileSync("cat", [config], { encoding: "utf8" }),
    kubectl: (args, input) =>
      execFileSync(join(binaries, "kubectl"), [`--kubeconfig=${config}`, ...args], {
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
        ...(input && { input: JSON.stringify(input) }),
      }),
    stop,
  };
}

function isReady(port: number, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path: "/readyz",
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${token}` },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on("error", () => resolve(false));
    asked.end();
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

/** Ports that were free together a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
