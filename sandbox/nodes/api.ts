import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { parse } from "yaml";

/** What every object of Kubernetes has. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** An answer of the API server that is not a success. */
class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The kinds that `apply` knows: where their objects live. */
const collections: Readonly<Record<string, { path: string; namespaced: boolean }>> = {
  Namespace: { path: "/api/v1/namespaces", namespaced: false },
  ServiceAccount: { path: "/api/v1", namespaced: true },
  ConfigMap: { path: "/api/v1", namespaced: true },
  Service: { path: "/api/v1", namespaced: true },
  Deployment: { path: "/apis/apps/v1", namespaced: true },
  ClusterRole: { path: "/apis/rbac.authorization.k8s.io/v1/clusterroles", namespaced: false },
  ClusterRoleBinding: { path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", namespaced: false },
  Role: { path: "/apis/rbac.authorization.k8s.io/v1", namespaced: true },
  RoleBinding: { path: "/apis/rbac.authorization.k8s.io/v1", namespaced: true },
  StorageClass: { path: "/apis/storage.k8s.io/v1/storageclasses", namespaced: false },
};

/** The path of an object that `apply` knows. */
export function pathOf(object: ApiObject): string {
  const collection = collections[object.kind];
  if (!collection) throw new Error(`kind ${object.kind}: known are ${Object.keys(collections).join(", ")}`);
  if (!collection.namespaced) return `${collection.path}/${object.metadata.name}`;
  const plural = `${object.kind.toLowerCase()}s`;
  return `${collection.path}/namespaces/${object.metadata.namespace}/${plural}/${object.metadata.name}`;
}

/** The few requests to the API server that the local nodes need; the full client takes seconds to load. */
export class Api {
  private readonly agent: Agent;
  private readonly server: URL;

  /** @param kubeconfig path of a kubeconfig as `kubeconfig()` writes it */
  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, "utf8"));
    const decoded = (text: string) => Buffer.from(text, "base64");
    const [cluster, user] = [config.clusters[0].cluster, config.users[0].user];
    this.server = new URL(cluster.server);
    this.agent = new Agent({
      keepAlive: true,
      ca: decoded(cluster["certificate-authority-data"]),
      cert: decoded(user["client-certificate-data"]),
      key: decoded(user["client-key-data"]),
    });
  }

  /** Reads an object or a list. @throws ApiError */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text("GET", path)) as T;
  }

  /** The answer as it is, for paths that are not objects (`/readyz`). @throws ApiError */
  text(method: string, path: string, body?: unknown, type = "application/json"): Promise<string> {
    return this.open(method, path, body, type).then(readAll);
  }

  /** Brings an object into this state by server-side apply. */
  async apply(object: ApiObject): Promise<void> {
    const path = `${pathOf(object)}?fieldManager=switchboard-local&force=true`;
    await this.text("PATCH", path, object, "application/apply-patch+yaml");
  }

  /** Changes the named fields alone. */
  async merge(path: string, change: unknown): Promise<void> {
    await this.text("PATCH", path, change, "application/merge-patch+json");
  }

  /** Makes an object. One that is there is no error: it is as it was. */
  async create(path: string, object: unknown): Promise<void> {
    await this.text("POST", path, object).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    });
  }

  /** Removes an object. One that is not there is no error. */
  async remove(path: string, options: unknown = {}): Promise<void> {
    await this.text("DELETE", path, options).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /** Calls back with every event of a watch. Resolves when the server ends it, which it does every few minutes. */
  async watch(path: string, onEvent: (event: { type: string; object: ApiObject }) => void): Promise<void> {
    const response = await this.open("GET", path);
    for await (const line of createInterface({ input: response })) onEvent(JSON.parse(line));
  }

  /** Ends idle connections. */
  close(): void {
    this.agent.destroy();
  }

  private open(method: string, path: string, body?: unknown, type?: string): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    // The length is spelled out, because Node.js sends the body of a DELETE without it.
    const headers = text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.server), { method, agent: this.agent, headers }, (response) => {
        if ((response.statusCode ?? 500) < 300) return resolve(response);
        readAll(response).then((answer) => {
          reject(new ApiError(response.statusCode ?? 0, `${method} ${path}: ${messageOf(answer)}`));
        }, reject);
      });
      outgoing.on("error", reject);
      // The server pings nobody: without this a watch over a wire that is gone would wait for ever.
      outgoing.on("socket", (socket) => socket.setKeepAlive(true, 10_000));
      outgoing.end(text);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer;
  }
}
