import { bodyBytes } from "../schema/values/network";
import { headerLines, workerConnections } from "./capacity";
import { pageLocations, pageMaps, pagesOf } from "./nginxPages";
import { limitZones, locations, loginRetrySeconds, ownAddress, requestMaps } from "./nginxRoutes";
import { block, lines } from "./nginxText";
import { type CertificateRead, tlsDirectives } from "./nginxTls";

/** A server that NGINX forwards to. */
export interface Upstream {
  /** Name inside the configuration. */
  readonly name: string;
  /** Service name: it is resolved once, when NGINX starts. */
  readonly host: string;
  readonly port: number;
}

/** A public address and its upstream. */
export interface ServerRoute {
  readonly hostname: string;
  /** Path prefix without a slash at its end; `/` is everything. */
  readonly path: string;
  /** Whether the path stays in the request that goes on. @default it is taken off */
  readonly keepsPath?: boolean;
  readonly upstream: Upstream;
  /** Absent: plain HTTP. `authorityFile` is what the certificate is verified with; without it nothing is. */
  readonly tls?: { readonly name: string; readonly authorityFile?: string };
  readonly websocket: boolean;
  /** Whether there is nothing but WebSockets. */
  readonly socketsOnly?: boolean;
  /** Networks of clients that are let in. Absent: everybody is. */
  readonly allow?: readonly string[];
  /** File of users with their hashed passwords, one pair of which a client must give. */
  readonly passwordFile?: string;
  /** Seconds that the upstream may be silent. @default 60, with WebSockets `websocketIdleSeconds` */
  readonly timeoutSeconds?: number;
  /** Path whose POST requests are limited as log-in attempts, and those below it. */
  readonly limitedPath?: string;
  /** The exact paths that are public, after the prefix; absent: all. */
  readonly only?: readonly string[];
  /** Exact paths that are not found, after the prefix. */
  readonly closed?: readonly string[];
  /** Largest body in NGINX' words. @default `limits.bodySize` */
  readonly bodySize?: string;
}

/** Where the client's address is found, and who is believed when it is in a header. */
export interface ClientAddress {
  readonly from: "connection" | "proxyProtocol" | "xForwardedFor";
  readonly trustedProxies: readonly string[];
}

/** Who answers an ACME authority that asks for a host over plain HTTP. */
export interface ServerChallenge {
  readonly hostname: string;
  readonly upstream: Upstream;
}

/** Everything that the configuration depends on. Times are in seconds. */
export interface NginxConfArgs {
  readonly routes: readonly ServerRoute[];
  readonly challenges: readonly ServerChallenge[];
  readonly certificateRead: CertificateRead;
  /** The port that clients use for HTTPS, for redirects. */
  readonly publicHttpsPort: number;
  /** The memory of the pod, which bounds how many connections there may be. */
  readonly memoryBytes: number;
  readonly clientAddress: ClientAddress;
  readonly limits: {
    /** Rate in NGINX's words, e.g. `5r/m`. */
    readonly login: string;
    readonly loginBurst: number;
    /** Requests of one address that are under way at a route without WebSockets. */
    readonly requestsPerAddress: number;
    /** Open sockets of one address at a route with WebSockets. */
    readonly socketsPerAddress: number;
    /** Sizes in NGINX' words, e.g. `16k`. */
    readonly bodySize: string;
    /** The longest line of a request's head, and with it the longest `Cookie`. */
    readonly requestHeaders: string;
    /** All headers of an answer together. */
    readonly responseHeaders: string;
  };
  readonly websocketIdleSeconds: number;
  /** How long open connections may go on after the stop signal. */
  readonly drainSeconds: number;
  readonly hsts: { readonly maxAgeSeconds: number; readonly includeSubDomains: boolean; readonly preload: boolean };
}

/** The ports that NGINX listens on in its pod; above 1024, because it is not root. */
export const ports = { https: 8443, http: 8080, health: 8081 } as const;

/** Where NGINX says on its health port whether it is well. */
export const healthPath = "/healthz";

/**
 * Seconds that an idle connection of a client is kept. The header says less than the server waits, so that clients close
 * first, and balancers wait longer than the server (`publicProfile`), so that none cuts a connection that is in use.
 */
export const keepaliveSeconds = { server: 75, header: 60 } as const;

/**
 * The whole `nginx.conf`, one text that NGINX 1.22 and 1.31 both accept. What is not obvious:
 * - Upstream connections are given up after ten seconds. A pod goes on serving for longer than that once it is being
 *   taken away, so no request is sent over a connection that the app is about to close. NGINX would never send a POST
 *   again (`proxy_next_upstream`).
 * - Each upstream is named twice, so that a connection that is refused has a second try.
 * - The log has the path but not the query, which may hold what is nobody's business.
 * - Health has a port of its own: balancers do not speak the PROXY protocol to it.
 */
export function nginxConf(args: NginxConfArgs): string {
  const { processes, connections } = workerConnections(args.memoryBytes, bodyBytes(args.limits.requestHeaders));
  const hostnames = [...new Set(args.routes.map(({ hostname }) => hostname))];
  const upstreams = [
    ...new Map([...args.routes, ...args.challenges].map(({ upstream }) => [upstream.name, upstream])).values(),
  ];
  return lines(
    `worker_processes ${processes};`,
    // One for each connection, and as many again for bodies and answers that are stored while they pass.
    `worker_rlimit_nofile ${2 * connections};`,
    `worker_shutdown_timeout ${args.drainSeconds}s;`,
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    // Of several processes one that is nearly full leaves new connections to the others.
    block("events", `worker_connections ${connections};`, "accept_mutex on;"),
    block(
      "http",
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path /tmp/${kind};`),
      ...requestMaps(),
      ...pageMaps(),
      ...namesHash(hostnames),
      logFormat,
      "access_log /dev/stdout json;",
      ...common(args),
      ...realAddress(args.clientAddress),
      ...tlsDirectives(args.certificateRead),
      ...upstreams.map(upstreamBlock),
      block(
        "server",
        `listen ${ports.health};`,
        "access_log off;",
        block(`location = ${healthPath}`, 'return 200 "ok\\n";'),
        block("location /", "return 404;"),
      ),
      ...redirectServers(args, hostnames),
      block(
        "server",
        `listen ${ports.https} ssl http2${proxyProtocol(args)} default_server;`,
        "ssl_reject_handshake on;",
        // Who shook hands with a name of ours and then asks for another host (RFC 9110, 15.5.20).
        "return 421;",
      ),
      ...hostnames.map((hostname) => secureServer(args, hostname)),
    ),
  );
}

/** JSON, one line for a request; `request_id` is the one that the apps get and log too. */
const logFormat = `log_format json escape=json '{${[
  ["time", "$time_iso8601", true],
  ["role", "edge", true],
  ["request_id", "$request_id", true],
  ["client", "$remote_addr", true],
  ["host", "$host", true],
  ["method", "$request_method", true],
  ["path", "$uri", true],
  ["status", "$status", false],
  ["bytes", "$body_bytes_sent", false],
  ["seconds", "$request_time", false],
  ["upstream", "$upstream_addr", true],
  ["upstream_status", "$upstream_status", true],
  ["upstream_seconds", "$upstream_response_time", true],
  ["tls", "$ssl_protocol", true],
  ["user_agent", "$http_user_agent", true],
]
  .map(([key, value, quoted]) => (quoted ? `"${key}":"${value}"` : `"${key}":${value}`))
  .join(",")}}';`;

/**
 * The hash of the host names. Its buckets must hold the longest of them with its length, padding and two pointers
 * (`ngx_hash_init` of NGINX), or NGINX does not start; with more names than its size it would warn.
 */
function namesHash(hostnames: readonly string[]): string[] {
  const longest = Math.max(0, ...hostnames.map(({ length }) => length));
  const bucket = 8 * Math.ceil((longest + 2) / 8) + 16;
  return [
    `server_names_hash_bucket_size ${64 * Math.ceil(bucket / 64)};`,
    `server_names_hash_max_size ${Math.max(512, 2 ** Math.ceil(Math.log2(4 * hostnames.length)))};`,
  ];
}

function common(args: NginxConfArgs): string[] {
  return [
    "server_tokens off;",
    // Where nothing is sent on, nothing is taken either; each location has its own.
    "client_max_body_size 1k;",
    `large_client_header_buffers ${headerLines} ${args.limits.requestHeaders};`,
    "client_header_timeout 15s;",
    "client_body_timeout 30s;",
    `keepalive_timeout ${keepaliveSeconds.server}s ${keepaliveSeconds.header}s;`,
    "gzip on;",
    "gzip_min_length 1024;",
    "gzip_types text/css text/javascript application/javascript application/json image/svg+xml;",
    ...limitZones(args),
  ];
}

function realAddress({ from, trustedProxies }: ClientAddress): string[] {
  if (from === "connection") return [];
  return [
    ...trustedProxies.map((cidr) => `set_real_ip_from ${cidr};`),
    `real_ip_header ${from === "proxyProtocol" ? "proxy_protocol" : "X-Forwarded-For"};`,
    "real_ip_recursive on;",
  ];
}

function upstreamBlock({ name, host, port }: Upstream): string {
  const server = `server ${host}:${port} max_fails=0;`;
  return block(
    `upstream ${name}`,
    `zone ${name} 64k;`,
    server,
    server,
    "keepalive 32;",
    "keepalive_time 10s;",
    "keepalive_timeout 5s;",
  );
}

function redirectServers(args: NginxConfArgs, hostnames: readonly string[]): string[] {
  const listen = `listen ${ports.http}${proxyProtocol(args)};`;
  // 308 keeps the method.
  const redirect = `return 308 ${ownAddress(args)}$request_uri;`;
  const asked = new Map(args.challenges.map(({ hostname, upstream }) => [hostname, upstream]));
  const others = hostnames.filter((hostname) => !asked.has(hostname));
  return [
    block("server", `listen ${ports.http}${proxyProtocol(args)} default_server;`, "return 404;"),
    ...(others.length > 0 ? [block("server", listen, `server_name ${others.join(" ")};`, redirect)] : []),
    ...[...asked].map(([hostname, upstream]) =>
      block("server", listen, `server_name ${hostname};`, ...challenge(upstream), block("location /", redirect)),
    ),
  ];
}

/**
 * The way to the pod that answers an ACME authority, for what a token may be (RFC 8555, 8.3). Most of the time there is no
 * such pod, and nothing to be found.
 */
function challenge({ name }: Upstream): string[] {
  return [
    block(
      "location ~ ^/\\.well-known/acme-challenge/[A-Za-z0-9_-]+$",
      `proxy_pass http://${name};`,
      "proxy_http_version 1.1;",
      "proxy_set_header Host $host;",
      'proxy_set_header Connection "";',
      "proxy_connect_timeout 2s;",
      "proxy_read_timeout 10s;",
      "proxy_next_upstream error timeout;",
      "error_page 502 503 504 = @unasked;",
    ),
    block("location @unasked", "return 404;"),
  ];
}

function secureServer(args: NginxConfArgs, hostname: string): string {
  const routes = args.routes.filter((route) => route.hostname === hostname);
  const hsts = hstsHeader(args.hsts);
  return block(
    "server",
    `listen ${ports.https} ssl http2${proxyProtocol(args)};`,
    `server_name ${hostname};`,
    ...hsts,
    ...pagesOf(),
    ...routes.flatMap((route) => locations(args, route)),
    ...pageLocations(hsts, [loginRetrySeconds(args)]),
  );
}

function hstsHeader({ maxAgeSeconds, includeSubDomains, preload }: NginxConfArgs["hsts"]): string[] {
  if (maxAgeSeconds === 0) return [];
  const value = [
    `max-age=${maxAgeSeconds}`,
    ...(includeSubDomains ? ["includeSubDomains"] : []),
    ...(preload ? ["preload"] : []),
  ];
  return [`add_header Strict-Transport-Security "${value.join("; ")}" always;`];
}

function proxyProtocol({ clientAddress }: NginxConfArgs): string {
  return clientAddress.from === "proxyProtocol" ? " proxy_protocol" : "";
}
