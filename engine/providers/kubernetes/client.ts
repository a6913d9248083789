import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { ResourceError } from "../provider";
import type { Connection } from "./kubeconfig";

/** A Kubernetes object as the API gives it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Metadata;
  spec?: Fields;
  status?: Fields;
  data?: Fields;
  [key: string]: unknown;
}

export interface Metadata {
  name?: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  finalizers?: string[];
  managedFields?: { manager?: string; operation?: string; subresource?: string; fieldsV1?: Fields }[];
  [key: string]: unknown;
}

export type Fields = { [key: string]: unknown };

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The machine-readable reason, such as `NotFound`. */
    readonly reason: string,
    message: string,
    /** What the reason is about, such as the kind of the object that was not found. */
    readonly details: { kind?: string; name?: string; causes?: { message?: string; field?: string }[] } = {},
  ) {
    super(message);
  }
}

/** The API server cannot be reached at all. */
export class UnreachableError extends ResourceError {}

interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Told what the server warns about, such as a deprecated field. */
  readonly onWarning?: (text: string) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** How long one call may take, in milliseconds; the API server's own limit is a minute. */
const callTimeout = 70_000;

/** HTTP calls to one API server, with keep-alive connections and repetition where that is safe. */
export class Client {
  private readonly agent: Agent | HttpAgent;

  constructor(readonly connection: Connection) {
    const options = { keepAlive: true, maxSockets: 20 };
    this.agent =
      connection.server.protocol === "https:"
        ? new Agent({
            ...options,
            ca: connection.ca,
            rejectUnauthorized: !connection.insecure,
            servername: connection.serverName,
          })
        : new HttpAgent(options);
  }

  /**
   * One call with a JSON answer.
   * @throws ApiError when the server refuses, UnreachableError when it cannot be reached
   */
  async json<T = KubeObject>(call: Call): Promise<T> {
    return JSON.parse(await this.text(call)) as T;
  }

  /** One call with a text answer, such as a container's log. */
  async text(call: Call): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.attempt(call, attempt);
      if (answer && answer.status < 400) {
        for (const warning of answer.warnings) call.onWarning?.(warning);
        return answer.text;
      }
      if (answer && !(mayRepeat(answer.status) && attempt < 5)) throw apiError(answer);
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }

  /** The answer, or undefined when the call failed in a way that calls for another attempt. */
  private async attempt(call: Call, attempt: number): Promise<Answer | undefined> {
    try {
      return await this.send(call);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      // A kept-alive connection that the server closed, or a server that restarts: every call here may be repeated.
      if (["ECONNRESET", "EPIPE"].includes(code) && attempt < 5) return undefined;
      if (code === "ECONNREFUSED" && attempt < 3) return undefined;
      if (error instanceof ResourceError) throw error;
      throw new UnreachableError(
        `the API server ${this.connection.server.href} (context ${this.connection.context}) cannot be reached: ${message}`,
      );
    }
  }

  private async send({ method, path, query, body, contentType }: Call): Promise<Answer> {
    const { server } = this.connection;
    const { token, basic, cert, key } = await this.connection.credentials();
    const content = body === undefined ? undefined : JSON.stringify(body);
    const search = query ? `?${new URLSearchParams(query)}` : "";
    const authorization = token ? `Bearer ${token}` : basic ? `Basic ${basic}` : undefined;
    const request = server.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          method,
          hostname: server.hostname.replace(/^\[|\]$/g, ""),
          port: server.port || (server.protocol === "https:" ? 443 : 80),
          path: server.pathname.replace(/\/$/, "") + path + search,
          agent: this.agent,
          timeout: callTimeout,
          cert,
          key,
          headers: {
            Accept: "application/json",
            "User-Agent": "switchboard-engine",
            ...(authorization ? { Authorization: authorization } : {}),
            ...(content
              ? { "Content-Type": contentType ?? "application/json", "Content-Length": Buffer.byteLength(content) }
              : {}),
          },
        },
        (response: IncomingMessage) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", reject);
          response.once("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              warnings: warningsIn(response.headers.warning),
            }),
          );
        },
      );
      call.once("timeout", () =>
        call.destroy(new Error(`no answer to ${method} ${path} within ${callTimeout / 1000} s`)),
      );
      call.once("error", reject);
      call.end(content);
    });
  }
}

/** Too many requests, or a server that is starting or overloaded. Applying and deleting are idempotent. */
function mayRepeat(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

function apiError({ status, text }: Answer): ApiError {
  try {
    const body = JSON.parse(text) as { reason?: string; message?: string; details?: ApiError["details"] };
    return new ApiError(status, body.reason ?? "", body.message ?? text.slice(0, 500), body.details);
  } catch {
    return new ApiError(status, "", `HTTP ${status}: ${text.slice(0, 500)}`);
  }
}

/** The texts in a Warning header (RFC 7234): `299 - "text", 299 - "text"`. */
export function warningsIn(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replace(/\\(.)/g, "$1"),
  );
}
