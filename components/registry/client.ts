import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { type Login, type LoginPlaces, loginFor } from "./credentials";
import { bodyOf, send } from "./http";
import { isLoopback } from "./reference";

/** A registry that gave no answer to the question: why, in words for a person. It says nothing about the image. */
export class RegistryUnreachable extends Error {
  constructor(
    readonly registry: string,
    readonly reason: string,
    /** The HTTP status where there was one. */
    readonly status?: number,
  ) {
    super(`${registry}: ${reason}`);
  }
}

/** A request to the API of a registry. */
export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the registry's root, or a whole URL that the registry has named. */
  readonly path: string;
  /** What the request touches, as tokens name it: `repository:team/panel:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent once only: ask for something else with the same scopes before. */
  readonly body?: Buffer | Readable;
}

/** How long a registry may be silent, in milliseconds. */
const patience = 10_000;
const attempts = 3;

/**
 * The API of one registry (OCI distribution specification 1.1), with the person's own login and the token flows of
 * Docker's registries: Basic, a bearer token by password, and OAuth2 by identity token.
 */
export class Registry {
  private readonly authorizations = new Map<string, string>();
  private readonly logins = new Map<string, Promise<Login | undefined>>();
  private origin: Promise<string> | undefined;

  /**
   * @param registry as references name it, for logins and messages
   * @param host what answers for it
   */
  constructor(
    readonly registry: string,
    private readonly host: string,
    private readonly places: LoginPlaces,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Sends a request, proving who asks where the registry wants it. Redirects of reads are followed without the proof.
   * @throws RegistryUnreachable where nothing answers, the login is refused, or the server fails
   */
  async request(request: RegistryRequest): Promise<IncomingMessage> {
    const { method, scopes } = request;
    this.origin ??= this.findOrigin();
    const url = new URL(request.path, await this.origin);
    const key = scopes.join(" ");
    const isOwn = url.origin === (await this.origin);
    let asked = false;
    for (let attempt = 1; ; attempt++) {
      const authorization = isOwn ? this.authorizations.get(key) : undefined;
      const answer = await this.once(url, request, authorization);
      const status = answer.statusCode ?? 0;
      // Once only: the first time there is no token, and later it may have ended.
      if (status === 401 && !asked && isOwn) {
        asked = true;
        answer.resume();
        this.authorizations.set(key, await this.authorize(answer.headers["www-authenticate"] ?? "", scopes));
        if (isStream(request.body)) throw this.unreachable("asked for a login in the middle of an upload", status);
        continue;
      }
      if ((status === 429 || status >= 500) && attempt < attempts && !isStream(request.body)) {
        answer.resume();
        await new Promise((resolve) => setTimeout(resolve, 250 * 4 ** attempt));
        continue;
      }
      if ([301, 302, 303, 307, 308].includes(status) && (method === "GET" || method === "HEAD")) {
        answer.resume();
        return this.once(new URL(answer.headers.location ?? "", url), request, undefined);
      }
      if (status === 401 || status === 429 || status >= 500) {
        answer.resume();
        throw this.unreachable(status === 401 ? "the login was refused" : `it answered with HTTP ${status}`, status);
      }
      return answer;
    }
  }

  /** An error of this registry. */
  unreachable(reason: string, status?: number): RegistryUnreachable {
    return new RegistryUnreachable(this.registry, reason, status);
  }

  private async once(url: URL, { method, headers, body }: RegistryRequest, authorization?: string) {
    if (url.protocol === "http:" && !isLoopback(url.host)) throw this.unreachable("it leads to an address without TLS");
    const all = { ...headers, ...(authorization !== undefined && authorization !== "" && { authorization }) };
    try {
      return await send({ method, url, headers: all, body, patience, signal: this.signal });
    } catch (error) {
      this.signal?.throwIfAborted();
      throw this.unreachable(reasonOf(error));
    }
  }

  /** Registries speak TLS; those of this machine may do without, as Docker and containerd allow them. */
  private async findOrigin(): Promise<string> {
    const secure = `https://${this.host}`;
    if (!URL.canParse(secure)) throw this.unreachable("it is no name of a host");
    if (!isLoopback(this.host)) return new URL(secure).origin;
    try {
      (await send({ method: "GET", url: new URL("/v2/", secure), patience, signal: this.signal })).resume();
      return new URL(secure).origin;
    } catch {
      return `http://${this.host}`;
    }
  }

  /** The Authorization header that a challenge asks for (RFC 9110, 11.6.1); empty where there is nothing to prove with. */
  private async authorize(challenge: string, scopes: readonly string[]): Promise<string> {
    const name = scopes[0]?.split(":")[1] ?? "";
    const asked = this.logins.get(name) ?? loginFor(this.registry, this.places, name);
    this.logins.set(name, asked);
    const login = await asked;
    const [, scheme = "", text = ""] = /^\s*(\w+)\s*(.*)$/s.exec(challenge) ?? [];
    const parameters = Object.fromEntries(
      [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!.toLowerCase(), value!]),
    );
    if (scheme.toLowerCase() === "basic") {
      if (login && "password" in login) return basic(login);
      throw this.unreachable("it wants a login, and there is none for it on this machine", 401);
    }
    if (scheme.toLowerCase() !== "bearer" || !URL.canParse(parameters.realm ?? "")) {
      throw this.unreachable("it wants a login of a kind that is not known here", 401);
    }
    return `Bearer ${await this.token(new URL(parameters.realm!), parameters.service, scopes, login)}`;
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/ */
  private async token(
    realm: URL,
    service: string | undefined,
    scopes: readonly string[],
    login?: Login,
  ): Promise<string> {
    if (realm.protocol !== "https:" && !isLoopback(realm.host))
      throw this.unreachable("it asks for the login without TLS");
    const fields: [string, string][] = service ? [["service", service]] : [];
    let answer: IncomingMessage;
    try {
      if (login && "identityToken" in login) {
        const form = new URLSearchParams([
          ...fields,
          ["grant_type", "refresh_token"],
          ["client_id", "switchboard"],
          ["refresh_token", login.identityToken],
          ["scope", scopes.join(" ")],
        ]);
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const body = Buffer.from(form.toString());
        answer = await send({ method: "POST", url: realm, headers, body, patience, signal: this.signal });
      } else {
        for (const [name, value] of [...fields, ...scopes.map((scope) => ["scope", scope])])
          realm.searchParams.append(name!, value!);
        const headers: Record<string, string> = login ? { authorization: basic(login) } : {};
        answer = await send({ method: "GET", url: realm, headers, patience, signal: this.signal });
      }
    } catch (error) {
      this.signal?.throwIfAborted();
      throw this.unreachable(`its token service did not answer: ${reasonOf(error)}`);
    }
    const text = (await bodyOf(answer)).toString("utf8");
    if (answer.statusCode !== 200) {
      const what = login
        ? "its token service refused the login"
        : "it wants a login, and there is none for it on this machine";
      throw this.unreachable(`${what} (HTTP ${answer.statusCode})`, answer.statusCode);
    }
    try {
      const { token, access_token: access } = JSON.parse(text) as Record<string, string | undefined>;
      if (token ?? access) return (token ?? access)!;
    } catch {
      // Said below.
    }
    throw this.unreachable("its token service gave no token");
  }
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function isStream(body: RegistryRequest["body"]): boolean {
  return body !== undefined && !(body instanceof Buffer);
}

/** What a failed connection means; messages of Node.js name addresses, not passwords. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name is not known here";
  if (code === "ECONNREFUSED") return "nothing listens there";
  return message || String(code);
}
