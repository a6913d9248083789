import type { NginxConfArgs, ServerRoute } from "./nginxConf";
import { pagesOf } from "./nginxPages";
import { block } from "./nginxText";

/** The name of the zone that counts what one address has open at a route. */
const zoneOf = ({ upstream }: ServerRoute) => `address-${upstream.name}`;

/** What is in clients' requests, for the locations: which upgrade is asked for, and whether it is an attempt to log in. */
export function requestMaps(): string[] {
  return [
    // Only WebSockets: any other word would open a connection whose requests NGINX no longer sees (h2c).
    block("map $http_upgrade $upgrade", "default '';", "~*^websocket$ websocket;"),
    block("map $upgrade $connection_upgrade", "default '';", "websocket upgrade;"),
    // Only attempts count: an empty key is not limited.
    block("map $request_method $login_attempt", "default '';", "POST $binary_remote_addr;"),
  ];
}

/**
 * The zones that limits are counted in: one of log-in attempts, and one for each route of what an address has open there.
 * They are apart, so that the open sockets of an office do not lock it out of the panel. NGINX counts every stream of
 * HTTP/2 as a connection of its own.
 */
export function limitZones({ limits, routes }: NginxConfArgs): string[] {
  const zones = new Set(routes.map(zoneOf));
  // Two megabytes have room for 32,000 addresses, more than there may be connections.
  return [
    `limit_req_zone $login_attempt zone=login:2m rate=${limits.login};`,
    "limit_req_status 429;",
    ...[...zones].map((zone) => `limit_conn_zone $binary_remote_addr zone=${zone}:2m;`),
    "limit_conn_status 429;",
  ];
}

/**
 * The locations of a route. NGINX compares them with the path after it has decoded it, joined its slashes and resolved
 * its dots, so no other way of writing a path leads past them.
 * - `only`: these exact paths go on, as they are written here; everything else below the route's path is not found.
 * - `closed`: these exact paths are not found.
 * - A path of its own has a boundary: `/live` leads to `/live/`, and `/lively` is not this route's. Where the path stays
 *   in the request, `/live` goes on as well: an app that leads from `/live/` to `/live` would never arrive.
 */
export function locations(args: NginxConfArgs, route: ServerRoute): string[] {
  const base = route.path === "/" ? "" : route.path;
  const notFound = (location: string) => block(location, "return 404;");
  const boundary = base ? [block(`location = ${base}`, ...atBoundary(args, route, base))] : [];
  if (route.only) {
    return [
      ...boundary,
      ...route.only.map((path) =>
        block(`location = ${base}${path}`, ...forward(args, route, route.keepsPath ? `${base}${path}` : path)),
      ),
      notFound(`location ${base}/`),
    ];
  }
  return [
    ...boundary,
    ...(route.closed ?? []).map((path) => notFound(`location = ${base}${path}`)),
    ...(route.limitedPath === undefined ? [] : limited(args, route, base, route.limitedPath)),
    block(`location ${base}/`, ...forward(args, route, passedPath(route, base, "/"))),
  ];
}

/** The path itself, without a slash. An app that knows its path decides what that is; for any other it is `/`. */
function atBoundary(args: NginxConfArgs, route: ServerRoute, base: string): string[] {
  if (route.keepsPath) return forward(args, route, "");
  return [`return 308 ${ownAddress(args)}${base}/$is_args$args;`];
}

/** What stands after the upstream's name. Without anything the path goes on as the client wrote it. */
function passedPath({ keepsPath }: ServerRoute, base: string, path: string): string {
  return keepsPath || base === "" ? "" : path;
}

/** Scheme, host and port as clients write them. In words, because NGINX would name the port that it listens on itself. */
export function ownAddress({ publicHttpsPort }: Pick<NginxConfArgs, "publicHttpsPort">): string {
  return `https://$host${publicPort(publicHttpsPort)}`;
}

const publicPort = (port: number) => (port === 443 ? "" : `:${port}`);

/** The path itself and everything below it: the second step of a log-in is an attempt as well. */
function limited(args: NginxConfArgs, route: ServerRoute, base: string, path: string): string[] {
  const { loginBurst } = args.limits;
  const body = (passed: string) => [
    // NGINX takes no burst of zero in words.
    `limit_req zone=login${loginBurst > 0 ? ` burst=${loginBurst} nodelay` : ""};`,
    ...pagesOf(loginRetrySeconds(args)),
    ...forward(args, route, passedPath(route, base, passed)),
  ];
  return [block(`location = ${base}${path}`, ...body(path)), block(`location ${base}${path}/`, ...body(`${path}/`))];
}

/** Whole seconds until one more attempt to log in is free. */
export function loginRetrySeconds({ limits }: Pick<NginxConfArgs, "limits">): number {
  const period = limits.login.endsWith("m") ? 60 : 1;
  return Math.max(1, Math.ceil(period / Number.parseInt(limits.login, 10)));
}

/** @param path what the upstream is asked for in the place of the location; empty for what the client wrote */
function forward(args: NginxConfArgs, route: ServerRoute, path: string): string[] {
  const { limits, publicHttpsPort } = args;
  return [
    `limit_conn ${zoneOf(route)} ${route.websocket ? limits.socketsPerAddress : limits.requestsPerAddress};`,
    `client_max_body_size ${route.bodySize ?? limits.bodySize};`,
    ...admission(route),
    `proxy_pass ${route.tls ? "https" : "http"}://${route.upstream.name}${path};`,
    ...upstreamTls(route),
    "proxy_http_version 1.1;",
    `proxy_set_header Host $host${publicPort(publicHttpsPort)};`,
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto https;",
    "proxy_set_header X-Forwarded-Host $host;",
    ...takenPath(route),
    "proxy_set_header X-Request-Id $request_id;",
    "proxy_connect_timeout 2s;",
    "proxy_next_upstream error timeout;",
    "proxy_next_upstream_timeout 5s;",
    ...upgrades(route),
    ...silence(args, route),
    ...buffers(route, limits.responseHeaders),
  ];
}

/** Tells an app what its addresses begin with, where it cannot see that. */
function takenPath({ path, keepsPath, only }: ServerRoute): string[] {
  return path === "/" || keepsPath || only ? [] : [`proxy_set_header X-Forwarded-Prefix ${path};`];
}

/**
 * Who is let in: by the address, and by a user and a password. Both must be right. The password is NGINX' alone; it does
 * not go on to the app.
 */
function admission({ allow, passwordFile }: ServerRoute): string[] {
  return [
    ...(allow ? [...allow.map((network) => `allow ${network};`), "deny all;"] : []),
    ...(passwordFile === undefined
      ? []
      : ['auth_basic "Restricted";', `auth_basic_user_file ${passwordFile};`, 'proxy_set_header Authorization "";']),
  ];
}

/** NGINX before 1.27.3 would offer TLS 1.0 to a pod, and never TLS 1.3. */
function upstreamTls({ tls }: ServerRoute): string[] {
  if (!tls) return [];
  return [
    "proxy_ssl_protocols TLSv1.2 TLSv1.3;",
    "proxy_ssl_server_name on;",
    `proxy_ssl_name ${tls.name};`,
    ...(tls.authorityFile ? ["proxy_ssl_verify on;", `proxy_ssl_trusted_certificate ${tls.authorityFile};`] : []),
  ];
}

/** A cookie of another part of the product at the same host is not for a WebSocket that says by its token who it is. */
function upgrades({ websocket, socketsOnly }: ServerRoute): string[] {
  if (!websocket) return ['proxy_set_header Connection "";'];
  return [
    "proxy_set_header Upgrade $upgrade;",
    "proxy_set_header Connection $connection_upgrade;",
    ...(socketsOnly ? ['proxy_set_header Cookie "";'] : []),
  ];
}

/** How long the app may say nothing. NGINX knows one time for a location, so a WebSocket's is that of its pages too. */
function silence({ websocketIdleSeconds }: NginxConfArgs, { websocket, timeoutSeconds }: ServerRoute): string[] {
  if (!websocket) return [`proxy_read_timeout ${timeoutSeconds ?? 60}s;`];
  const seconds = timeoutSeconds ?? websocketIdleSeconds;
  return [`proxy_read_timeout ${seconds}s;`, `proxy_send_timeout ${seconds}s;`];
}

/**
 * The headers of an answer must fit the first buffer; the others have its size, because NGINX compares them. Four are the
 * fewest that it takes beside two that are being sent. A WebSocket holds its buffer for as long as it is open: where there
 * is nothing else, it keeps NGINX' small one.
 */
function buffers({ socketsOnly }: ServerRoute, headers: string): string[] {
  if (socketsOnly) return ["proxy_buffering off;"];
  return [
    `proxy_buffer_size ${headers};`,
    `proxy_buffers 4 ${headers};`,
    // What does not fit waits in the app: answers to many slow clients would fill the disk of the pod.
    "proxy_max_temp_file_size 0;",
  ];
}
