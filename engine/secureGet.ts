import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import * as tls from "node:tls";
import { authorities } from "../components/registry/http";

/** How long each part of a request may take, in milliseconds. */
export interface Patience {
  /** Until the server, or the proxy, is connected: where nothing can be reached, no more than this is lost. */
  readonly connect: number;
  /** Until the first line of an answer. */
  readonly answer: number;
  /** Silence in the middle of a body. */
  readonly silence: number;
}

export interface GetOptions {
  readonly patience: Patience;
  readonly signal?: AbortSignal;
  /** Read for `HTTPS_PROXY` and `NO_PROXY`, in either case. @default the process's own */
  readonly env?: NodeJS.ProcessEnv;
}

const hops = 5;

/**
 * Asks for a file over TLS, through `HTTPS_PROXY` where there is one, and follows redirects.
 * @returns the answer with status 200, its body unread
 * @throws Error that says who did not do what, for every other answer and for none
 */
export async function secureGet(address: URL, options: GetOptions): Promise<IncomingMessage> {
  for (let [url, left] = [address, hops]; left > 0; left--) {
    if (url.protocol !== "https:") throw new Error(`${address.host} sends to ${url.origin}, which is not encrypted`);
    const socket = await connect(url, options);
    const headers = { "user-agent": "switchboard", host: url.host };
    const request = secureRequest({
      ...{ host: url.hostname, path: url.pathname + url.search, headers },
      createConnection: () => socket,
    });
    request.end();
    const answer = await within<IncomingMessage>(options.patience.answer, `${url.host} does not answer`, options, {
      start: (resolve, reject) => request.once("response", resolve).once("error", reject),
      stop: (reason) => request.destroy(reason),
    });
    const { statusCode: status = 0, headers: responseHeaders } = answer;
    if (status === 200) return patient(answer, url.host, options);
    answer.destroy();
    if (status < 300 || status > 399 || !responseHeaders.location) throw new Error(`${url.host} answered ${status}`);
    url = new URL(responseHeaders.location, url);
  }
  throw new Error(`${address.host} sends on and on`);
}

/** Which proxy a host is asked through. @throws where it is none of HTTP */
export function proxyOf(host: string, env: NodeJS.ProcessEnv): URL | undefined {
  const proxy = env.https_proxy || env.HTTPS_PROXY;
  if (!proxy) return undefined;
  const exempt = (env.no_proxy || env.NO_PROXY || "").split(/[\s,]+/).map((name) => name.replace(/^\*?\./, ""));
  if (exempt.some((name) => name === "*" || (name !== "" && `.${host}`.endsWith(`.${name}`)))) return undefined;
  const text = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  // The value may hold a password.
  if (!/^https?:/.test(text) || !URL.canParse(text)) throw new Error("HTTPS_PROXY names no proxy that speaks HTTP");
  return new URL(text);
}

/** A TLS connection to the server, its name verified. */
async function connect(url: URL, options: GetOptions): Promise<tls.TLSSocket> {
  const port = Number(url.port || 443);
  const proxy = proxyOf(url.hostname, options.env ?? process.env);
  const tunnel = proxy && (await through(proxy, `${url.hostname}:${port}`, options));
  const socket = tls.connect({
    ...(tunnel ? { socket: tunnel } : { host: url.hostname, port }),
    ...{ servername: url.hostname, ca: authorities(), ALPNProtocols: ["http/1.1"] },
  });
  // Behind a proxy, the way from there to the server is in this time too.
  const limit = tunnel ? options.patience.answer : options.patience.connect;
  return within<tls.TLSSocket>(limit, `${url.host} cannot be reached`, options, {
    start: (resolve, reject) => socket.once("secureConnect", () => resolve(socket)).once("error", reject),
    stop: (reason) => socket.destroy(reason),
  });
}

/** A connection that a proxy has opened to a host. */
async function through(proxy: URL, host: string, options: GetOptions): Promise<Socket> {
  const start = proxy.protocol === "https:" ? secureRequest : plainRequest;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const request = start({
    ...{ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: host, agent: false },
    headers: {
      host,
      ...(login !== ":" && { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }),
    },
    ...(proxy.protocol === "https:" && { ca: authorities() }),
  });
  request.end();
  const connected = proxy.protocol === "https:" ? "secureConnect" : "connect";
  const stop = (reason: Error) => request.destroy(reason);
  await within<void>(options.patience.connect, `the proxy ${proxy.host} cannot be reached`, options, {
    start: (resolve, reject) =>
      request.once("socket", (socket) => socket.once(connected, () => resolve())).once("error", reject),
    stop,
  });
  return within<Socket>(options.patience.answer, `the proxy ${proxy.host} does not answer`, options, {
    start: (resolve, reject) =>
      request
        .once("connect", ({ statusCode }, socket) => {
          if (statusCode === 200) return resolve(socket);
          socket.destroy();
          reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
        })
        .once("error", reject),
    stop,
  });
}

interface Waiting<T> {
  start(resolve: (value: T) => void, reject: (reason: Error) => void): unknown;
  /** Gives it up. */
  stop(reason: Error): unknown;
}

/** What `start` comes to, unless it takes too long or the person interrupts it. */
async function within<T>(limit: number, late: string, { signal }: GetOptions, waiting: Waiting<T>): Promise<T> {
  signal?.throwIfAborted();
  let giveUp: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const stop = (reason: Error) => {
        // First: what is stopped says so in other words.
        reject(reason);
        waiting.stop(reason);
      };
      timer = setTimeout(() => stop(new Error(`${late} within ${limit / 1000} s`)), limit);
      giveUp = () => stop(signal!.reason);
      signal?.addEventListener("abort", giveUp, { once: true });
      waiting.start(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    if (giveUp) signal?.removeEventListener("abort", giveUp);
  }
}

/** An answer whose body fails when it is silent for too long, or when the person interrupts it. */
function patient(answer: IncomingMessage, host: string, { patience, signal }: GetOptions): IncomingMessage {
  answer.socket.setTimeout(patience.silence, () => answer.destroy(new Error(`${host} has stopped sending`)));
  const giveUp = () => answer.destroy(signal!.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  answer.once("close", () => signal?.removeEventListener("abort", giveUp));
  return answer;
}
