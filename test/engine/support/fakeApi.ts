import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubeObject } from "../../../engine/providers/kubernetes/client";

const served: Record<string, { name: string; kind: string; namespaced: boolean }[]> = {
  "/api/v1": [
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "configmaps", kind: "ConfigMap", namespaced: true },
    { name: "secrets", kind: "Secret", namespaced: true },
    { name: "services", kind: "Service", namespaced: true },
    { name: "pods", kind: "Pod", namespaced: true },
  ],
  "/apis/apps/v1": [
    { name: "deployments", kind: "Deployment", namespaced: true },
    { name: "statefulsets", kind: "StatefulSet", namespaced: true },
  ],
  "/apis/batch/v1": [{ name: "jobs", kind: "Job", namespaced: true }],
};

/**
 * As much of an API server as the plugin's calls need, in memory: discovery, server-side apply as a replacement of
 * the whole object, get, list, delete with preconditions, logs. Behaviour can be changed by `onApply`.
 */
export class FakeApi {
  readonly objects = new Map<string, KubeObject>();
  /** Method and path of every call, with `dryRun` where it was one. */
  readonly calls: string[] = [];
  /** The field manager of every apply. */
  readonly managers: string[] = [];
  /** Completes an object that is applied, or throws `{ code, body }` to refuse it. */
  onApply: (object: KubeObject) => KubeObject = (object) => object;
  /** How many more times an object is still there after its deletion. */
  lingering = 0;
  warning: string | undefined;
  private readonly server: Server;
  private versions = 0;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ code, body }) => {
        const type = typeof body === "string" ? "text/plain" : "application/json";
        const warning = this.warning && request.method === "PATCH" ? { Warning: `299 - "${this.warning}"` } : {};
        response.writeHead(code, { "Content-Type": type, ...warning });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
    this.put(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "app" }, status: { phase: "Active" } },
      "/api/v1/namespaces/app",
    );
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "fake", user: { token: "t" } }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
      "current-context": "fake",
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  put(object: KubeObject, path: string): KubeObject {
    const before = this.objects.get(path)?.metadata;
    const metadata = {
      ...object.metadata,
      uid: before?.uid ?? `uid-${++this.versions}`,
      resourceVersion: String(++this.versions),
      generation: (before?.generation ?? 0) + 1,
    };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    return stored;
  }

  private async answer(request: IncomingMessage): Promise<{ code: number; body: unknown }> {
    const url = new URL(request.url!, "http://x");
    const path = url.pathname;
    const dryRun = url.searchParams.has("dryRun");
    this.calls.push(`${request.method} ${path}${dryRun ? " dryRun" : ""}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    if (served[path]) return { code: 200, body: { resources: served[path] } };
    if (path.endsWith("/log")) return { code: 200, body: "line 1\nERROR: no such column\n" };
    const live = this.objects.get(path);
    if (request.method === "GET" && /\/(pods|events|endpointslices)$/.test(path)) {
      return {
        code: 200,
        body: { items: [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, item]) => item) },
      };
    }
    if (request.method === "PATCH") this.managers.push(url.searchParams.get("fieldManager") ?? "");
    if (request.method === "PATCH") return this.apply(path, body as KubeObject, dryRun);
    if (!live) return refusal(404, "NotFound", `${path} not found`, { kind: path.split("/").at(-2) });
    if (request.method === "DELETE")
      return this.remove(path, live, (body as { preconditions?: { uid?: string } })?.preconditions?.uid);
    if (live.metadata?.deletionTimestamp && this.lingering-- <= 0) {
      this.objects.delete(path);
      return refusal(404, "NotFound", `${path} not found`);
    }
    return { code: 200, body: live };
  }

  private apply(path: string, object: KubeObject, dryRun: boolean): { code: number; body: unknown } {
    const namespace = /\/namespaces\/([^/]+)\/./.exec(path)?.[1];
    if (namespace && !this.objects.has(`/api/v1/namespaces/${namespace}`)) {
      return refusal(404, "NotFound", `namespaces "${namespace}" not found`, { kind: "namespaces", name: namespace });
    }
    try {
      const completed = this.onApply(object);
      const metadata = { ...object.metadata, uid: "dry", resourceVersion: "0", generation: 1 };
      return { code: 200, body: dryRun ? { ...completed, metadata } : this.put(completed, path) };
    } catch (answer) {
      return answer as { code: number; body: unknown };
    }
  }

  private remove(path: string, live: KubeObject, uid: string | undefined): { code: number; body: unknown } {
    if (uid && uid !== live.metadata?.uid)
      return refusal(409, "Conflict", "the UID in the precondition does not match");
    this.objects.set(path, {
      ...live,
      metadata: { ...live.metadata, deletionTimestamp: "now", finalizers: ["foregroundDeletion"] },
    });
    return { code: 200, body: live };
  }
}

/** A Status as the API server answers with. */
export function refusal(code: number, reason: string, message: string, details: object = {}) {
  return { code, body: { kind: "Status", status: "Failure", reason, message, details, code } };
}
