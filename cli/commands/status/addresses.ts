import { randomBytes } from "node:crypto";
import { request } from "node:https";
import { connect, type PeerCertificate } from "node:tls";
import type { AppHealth, PageAnswer, SocketAnswer } from "../../../components/apps/shared/health";
import type { AddressFacts, CertificateFacts } from "./facts";

/** How addresses are asked. */
export interface AskOptions {
  /** PEM of the authority to trust. @default those that Node.js trusts */
  readonly authority?: string;
  /** Milliseconds for one answer. @default 5000 */
  readonly timeoutMs?: number;
}

/** Names below `localhost` are this machine, whatever its resolver says. */
const hostOf = (url: URL) => (/(^|\.)localhost$/.test(url.hostname) ? "127.0.0.1" : url.hostname);

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Asks the public address of an app whose right answer is known. */
export function askOwnApp(
  name: string,
  { answer }: Pick<AppHealth, "answer">,
  url: string,
  options: AskOptions,
): Promise<AddressFacts> {
  return answer.kind === "page" ? askPage(name, answer, url, options) : askSocket(name, answer, url, options);
}

/** Asks for the page that everybody may see, through balancer and proxy. */
async function askPage(name: string, { path }: PageAnswer, url: string, options: AskOptions): Promise<AddressFacts> {
  const facts = { name, url };
  const answer = await ask(new URL(path, url), {}, options);
  if (typeof answer === "string") return { ...facts, problem: answer };
  return {
    ...{ ...facts, status: answer.status, ms: answer.ms },
    ...(answer.status !== 200 && { problem: `answers ${answer.status}${meaningOf(answer)}` }),
  };
}

/** Begins a WebSocket as a browser would, but without a token: that the app itself refuses it shows that the way is open. */
async function askSocket(
  name: string,
  { protocol, refusal }: SocketAnswer,
  url: string,
  options: AskOptions,
): Promise<AddressFacts> {
  const facts = { name, url };
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
    "sec-websocket-protocol": protocol,
  };
  const answer = await ask(new URL(url), headers, options);
  if (typeof answer === "string") return { ...facts, problem: answer };
  const { error } = objectIn(answer.body) as { error?: { code?: string } };
  const open = answer.status === 401 && error?.code === refusal;
  const problem = `answers a WebSocket's handshake with ${answer.status}${meaningOf(answer)}`;
  return { ...facts, status: answer.status, ms: answer.ms, ...(!open && { problem }) };
}

/** Asks the public address of a declared app: an answer of any kind is its own business, if it is not a server's fault. */
export async function askApp(name: string, url: string, options: AskOptions): Promise<AddressFacts> {
  const answer = await ask(new URL(url), {}, options);
  if (typeof answer === "string") return { name, url, problem: answer };
  const { status, ms } = answer;
  return { name, url, status, ms, ...(status >= 500 && { problem: `answers ${status}${meaningOf(answer)}` }) };
}

function meaningOf({ status, body }: Answer): string {
  if (status === 502 || status === 503 || status === 504) {
    return body.startsWith("{") ? ` (${statusIn(body)})` : ": the proxy reaches no pod behind it";
  }
  return "";
}

function statusIn(body: string): string {
  const { status, error } = objectIn(body) as { status?: unknown; error?: { message?: unknown } };
  return String(status ?? error?.message ?? "not ready");
}

/** The certificate that an address shows, and whether a client would take it. */
export function askCertificate(url: string, { authority, timeoutMs = 5000 }: AskOptions): Promise<CertificateFacts> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host: hostOf(new URL(url)), port: Number(port || 443), servername: hostname, timeout: timeoutMs },
      ...{ rejectUnauthorized: false, ...(authority && { ca: authority }) },
    });
    const end = (facts: Omit<CertificateFacts, "host">) => {
      socket.destroy();
      resolve({ host: hostname, ...facts });
    };
    socket.on("timeout", () => end({ problem: `was not shown within ${timeoutMs / 1000} s` }));
    socket.on("error", (error) => end({ problem: `was not shown: ${wordsOf(error)}` }));
    socket.on("secureConnect", () => {
      const shown = socket.getPeerCertificate();
      if (!shown.valid_to) return end({ problem: "was not shown" });
      const reason = socket.authorized ? undefined : String(socket.authorizationError);
      end({ ...certificateFacts(shown), ...(reason && { problem: mistrust(reason, shown) }) });
    });
  });
}

function certificateFacts({ issuer, valid_from, valid_to }: PeerCertificate): Omit<CertificateFacts, "host"> {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(", ") : value);
  const name = [one(issuer?.O), one(issuer?.CN)].filter(Boolean).join(", ");
  return {
    ...(name && { issuer: name }),
    validFrom: new Date(valid_from).toISOString(),
    validTo: new Date(valid_to).toISOString(),
  };
}

function mistrust(reason: string, { valid_to }: PeerCertificate): string {
  if (/EXPIRED/.test(reason)) return `has expired at ${new Date(valid_to).toISOString()}`;
  if (/ALTNAME|Hostname/i.test(reason)) return "is for another host";
  return `is not trusted (${reason})`;
}

function ask(url: URL, headers: Readonly<Record<string, string>>, options: AskOptions): Promise<Answer | string> {
  const { authority, timeoutMs = 5000 } = options;
  const began = performance.now();
  return new Promise((resolve) => {
    const sent = request(
      {
        ...{ host: hostOf(url), port: url.port || 443, path: url.pathname, servername: url.hostname, agent: false },
        ...{ headers: { host: url.host, ...headers }, ...(authority && { ca: authority }) },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on("data", (chunk: Buffer) => {
          if (size < 65_536) chunks.push(chunk);
          size += chunk.length;
        });
        answer.on("end", () => {
          clearTimeout(timer);
          const ms = Math.round(performance.now() - began);
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString(), ms });
        });
        answer.on("error", (error) => resolve(`breaks off its answer: ${wordsOf(error)}`));
      },
    );
    // Of the whole answer: a timeout of the socket starts again with every byte.
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    sent.on("upgrade", (answer, socket) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, body: "", ms: Math.round(performance.now() - began) });
    });
    sent.on("error", (error) => {
      clearTimeout(timer);
      resolve(`does not answer (${wordsOf(error)})`);
    });
    sent.end();
  });
}

function wordsOf(error: NodeJS.ErrnoException): string {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    ENOTFOUND: "its name has no address",
    EHOSTUNREACH: "no way to its address",
  };
  return words[error.code ?? ""] ?? error.message;
}

function objectIn(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
