import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../../lib/temporary";
import type { Kubectl } from "./kubectl";
import { ClusterError, explainKubectl } from "./kubectlErrors";

/** An answer of the API server that is no success. */
export class ApiAnswer extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A way to ask the API server many things at once. */
export interface Api {
  /** Asks for an object. @throws ApiAnswer, or the error of a connection that broke */
  get<T>(path: string): Promise<T>;
  /** Starts reading an answer that goes on. @throws as `get` */
  open(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * One kubectl that passes requests on to the API server with its own credentials, whatever they are, in place of one
 * process for each pod. It listens on a socket in a folder that only this user can enter.
 */
export class ApiProxy implements Api {
  private constructor(
    private readonly socketPath: string,
    private readonly kubectl: Kubectl,
    readonly close: () => void,
  ) {}

  /** @throws ClusterError when kubectl does not start */
  static async start(kubectl: Kubectl): Promise<ApiProxy> {
    const folder = temporaryFolder("api");
    const socket = join(folder, "socket");
    const child = kubectl.stream(["proxy", `--unix-socket=${socket}`], "pipe");
    let stderrTail = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderrTail = `${stderrTail}${chunk}`.slice(-4000);
    });
    let ended = false;
    child.then(
      () => (ended = true),
      () => (ended = true),
    );
    for (let left = 200; left > 0 && !ended && !existsSync(socket); left--) await sleep(25);
    if (!existsSync(socket)) {
      child.kill();
      throw explainKubectl(stderrTail || "kubectl proxy did not start within 5 s", kubectl.options);
    }
    return new ApiProxy(socket, kubectl, () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.open(path, AbortSignal.timeout(30_000));
    return JSON.parse(await readAll(answer)) as T;
  }

  async open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const sent = request({ socketPath: this.socketPath, path, signal, headers: { host: "localhost" } });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    // A stream that is aborted later says so as an error of its own, which its reader sees.
    sent.on("error", () => {});
    if (answer.statusCode === 200) return answer;
    const body = await readAll(answer);
    throw new ApiAnswer(answer.statusCode ?? 0, messageOf(body) || `status ${answer.statusCode}`);
  }

  /** What an answer means for a person. */
  explain(error: unknown): Error {
    if (!(error instanceof ApiAnswer)) return error as Error;
    const { status, message } = error;
    // The proxy answers 502 when the API server does not.
    if (status === 502) return explainKubectl(`Unable to connect to the server: ${message}`, this.kubectl.options);
    if (status === 401) return explainKubectl("Unauthorized", this.kubectl.options);
    const refusal = explainKubectl(message, this.kubectl.options);
    return refusal.trouble === "failed"
      ? new ClusterError("failed", `the API server answers ${status}: ${message}`, refusal.todo)
      : refusal;
  }
}

function messageOf(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? "");
  } catch {
    return body.trim().slice(0, 300);
  }
}
