import { z } from "zod";
import type { BackendTls, HttpBackend, Route } from "../../contracts";
import { flag, mapOf, Problem, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { Secret } from "../../schema/secret";
import { bodySize, cidr, host, path } from "../../schema/values/network";
import type { RouteSpec } from "../shared/spec";

/** Anybody may try as often as they like, so a short one would be found. */
const shortestPassword = 12;
/** `crypt` of musl takes no more bytes. */
const longestPassword = 256;

const password = () =>
  text((value) => {
    // Never the value itself: it is a secret.
    if (value.length < shortestPassword)
      throw new Problem(`is short enough to be guessed; use at least ${shortestPassword} characters`);
    if (Buffer.byteLength(value) > longestPassword)
      throw new Problem(`is too long; use at most ${longestPassword} bytes`);
    if (/\p{Cc}/u.test(value)) throw new Problem("has a control character such as a line break; remove it");
    return new Secret(value);
  });

function userProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9][\w.@-]{0,63}$/.test(name)) return undefined;
  return `${show(name)} is not a user; use up to 64 letters, digits, "_", ".", "@" and "-", with a letter or digit first`;
}

const network = () =>
  cidr().refine((value) => !value.endsWith("/0"), {
    error: ({ input }) => `${show(input)} is everybody; name the networks of the clients, or remove allow`,
  });

const publicPaths = (empty: string) =>
  z
    .array(path())
    .min(1, { error: `is empty; ${empty}` })
    .optional();

const one = () =>
  z
    .strictObject({
      host: host().describe("public host name"),
      path: path().prefault("/").describe("path below which the process is reached"),
      stripPath: flag()
        .prefault(true)
        .describe(
          "whether `path` is taken off the request, which then has it in `X-Forwarded-Prefix`. With `false` the app must know its path",
        ),
      websocket: flag().prefault(false).describe("whether clients may upgrade to a WebSocket"),
      socketsOnly: flag()
        .prefault(false)
        .describe(
          "whether there is nothing but WebSockets. They then get no cookies, and an open one takes the least memory of NGINX",
        ),
      pingSeconds: whole(1, 3600, " seconds")
        .optional()
        .describe(
          "seconds between the pings of its WebSockets' clients, which `edge.websocketIdleSeconds` must be above; default: nobody checks",
        ),
      only: publicPaths("name the public paths, or remove the key").describe(
        "exact paths, below `path`, that are public. Everything else answers 404; default: all are public",
      ),
      closed: publicPaths("name paths that are for the cluster alone, or remove the key").describe(
        "exact paths, below `path`, that are for the cluster alone, such as those of probes. They answer 404; default: none",
      ),
      bodySize: bodySize().optional().describe("largest body of a request; default: `edge.limits.bodySize`"),
      timeoutSeconds: whole(1, 86_400, " seconds")
        .optional()
        .describe(
          "seconds that the process may be silent before NGINX gives up; default: 60, with `websocket` `edge.websocketIdleSeconds`",
        ),
      loginPath: path().optional().describe("path, below `path`, whose POST requests are limited as log-in attempts"),
      allow: z
        .array(network())
        .min(1, { error: "is empty, which would let nobody in; name networks, or remove the key" })
        .optional()
        .describe("networks of clients that are let in, e.g. `203.0.113.0/24`. All others get 403; default: everybody"),
      basicAuth: mapOf(password(), userProblem)
        .refine((users) => Object.keys(users).length > 0, {
          error: "is empty, which would let nobody in; give a user and a password, or remove the key",
        })
        .optional()
        .describe(
          "passwords by user, stored with `--secret`. A browser asks for them, NGINX checks them, and the app sees nothing of them",
        ),
    })
    .superRefine(({ only, closed, loginPath, websocket, socketsOnly }, context) => {
      const refuse = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      if (only && closed) refuse("closed", "has no use beside only, which names all that is public; remove it");
      if (only && loginPath !== undefined)
        refuse("loginPath", "is not limited beside only, which leads exact paths on; remove one of the two");
      if (socketsOnly && !websocket) refuse("socketsOnly", "needs websocket: true; set it, or remove socketsOnly");
    });

/** The public addresses of a process: one, or a list of them. */
export const route = () =>
  z
    .union([one(), z.array(one()).min(1, { error: "is empty; give an address, or remove the key" })], {
      error: ({ input }) => (input === undefined ? undefined : `${show(input)} is no address; write its host below it`),
    })
    .describe("the public address that leads to it, or a list of such addresses; default: it has none");

export type RouteSettings = SettingsOf<typeof oneRoute>;
/** For its type. */
const oneRoute = () => one();

/** The addresses of a process, each with the key that it has in the settings. */
export function routesOf<R extends object>(
  key: string,
  given: R | readonly R[] | undefined,
): { readonly key: string; readonly route: R }[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return [{ key: `${key}.route`, route: given as R }];
  return (given as readonly R[]).map((route, index) => ({ key: `${key}.route[${index}]`, route }));
}

/** The route to a process, as the proxy is given it. */
export function routeTo(
  route: RouteSettings,
  { tls, ...backend }: Omit<HttpBackend, "websocket" | "tls"> & { readonly tls?: Partial<BackendTls> | undefined },
): Route {
  const { host, path, stripPath, websocket, bodySize, timeoutSeconds, loginPath, allow, basicAuth } = route;
  const { socketsOnly, only, closed } = route;
  return {
    hostname: host,
    path,
    to: {
      ...backend,
      websocket,
      // A pod with certificates of its own may have several, and chooses one by the public name.
      ...(tls && { tls: { name: host, ...tls } }),
    },
    ...(!stripPath && { keepsPath: true }),
    ...(bodySize !== undefined && { bodySize }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(loginPath !== undefined && { limitedPath: loginPath }),
    ...(socketsOnly && { socketsOnly }),
    ...(only && { only }),
    ...(closed && { closed }),
    ...(allow && { allow }),
    ...(basicAuth && { users: basicAuth }),
  };
}

/** What the checks of all addresses read of one. */
export function routeSpec(key: string, route: Omit<RouteSettings, "basicAuth">): RouteSpec {
  const { host, path, loginPath, only = [], closed = [], bodySize, timeoutSeconds, allow, pingSeconds } = route;
  const exact = [...(loginPath === undefined ? [] : [loginPath]), ...only, ...closed];
  return {
    ...{ key, host, path, exact, bodySize, timeoutSeconds, allow },
    ...(pingSeconds !== undefined && { heartbeatSeconds: pingSeconds }),
  };
}
