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
  /** Path prefix, taken off before the request goes on; `/` is everything. */
  readonly path: string;
  readonly upstream: Upstream;
  readonly websocket: boolean;
  /** Path whose POST requests are limited as log-in attempts. */
  readonly limitedPath?: string;
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
  readonly clientAddress: ClientAddress;
  readonly limits: {
    /** Rate in NGINX's words, e.g. `5r/m`. */
    readonly login: string;
    readonly loginBurst: number;
    readonly connectionsPerAddress: number;
    readonly bodySize: string;
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
  const hostnames = [...new Set(args.routes.map(({ hostname }) => hostname))];
  const upstreams = [
    ...new Map([...args.routes, ...args.challenges].map(({ upstream }) => [upstream.name, upstream])).values(),
  ];
  return lines(
    "worker_processes 2;",
    `worker_shutdown_timeout ${args.drainSeconds}s;`,
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    block("events", "worker_connections 8192;"),
    block(
      "http",
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path /tmp/${kind};`),
      block("map $http_upgrade $connection_upgrade", "default upgrade;", "'' '';"),
      // Only attempts count: an empty key is not limited.
      block("map $request_method $login_attempt", "default '';", "POST $binary_remote_addr;"),
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

function common({ limits }: NginxConfArgs): string[] {
  return [
    "server_tokens off;",
    `client_max_body_size ${limits.bodySize};`,
    "client_header_timeout 15s;",
    "client_body_timeout 30s;",
    `keepalive_timeout ${keepaliveSeconds.server}s ${keepaliveSeconds.header}s;`,
    "gzip on;",
    "gzip_min_length 1024;",
    "gzip_types text/css text/javascript application/javascript application/json image/svg+xml;",
    `limit_req_zone $login_attempt zone=login:10m rate=${limits.login};`,
    "limit_req_status 429;",
    "limit_conn_zone $binary_remote_addr zone=address:10m;",
    `limit_conn address ${limits.connectionsPerAddress};`,
    "limit_conn_status 429;",
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
  const port = args.publicHttpsPort === 443 ? "" : `:${args.publicHttpsPort}`;
  const listen = `listen ${ports.http}${proxyProtocol(args)};`;
  // 308 keeps the method.
  const redirect = `return 308 https://$host${port}$request_uri;`;
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
  return block(
    "server",
    `listen ${ports.https} ssl http2${proxyProtocol(args)};`,
    `server_name ${hostname};`,
    ...hstsHeader(args.hsts),
    "error_page 502 503 504 @unavailable;",
    ...routes.flatMap((route) => locations(args, route)),
    block(
      "location @unavailable",
      "default_type text/html;",
      'add_header Retry-After "5" always;',
      ...hstsHeader(args.hsts),
      `return 503 '${unavailablePage}';`,
    ),
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

function locations(args: NginxConfArgs, route: ServerRoute): string[] {
  const strip = route.path === "/" ? "" : "/";
  const forward = [
    `proxy_pass http://${route.upstream.name}${strip};`,
    "proxy_http_version 1.1;",
    `proxy_set_header Host $host${args.publicHttpsPort === 443 ? "" : `:${args.publicHttpsPort}`};`,
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto https;",
    "proxy_set_header X-Forwarded-Host $host;",
    "proxy_set_header X-Request-Id $request_id;",
    "proxy_connect_timeout 2s;",
    "proxy_next_upstream error timeout;",
    "proxy_next_upstream_timeout 5s;",
    ...(route.websocket
      ? [
          "proxy_set_header Upgrade $http_upgrade;",
          "proxy_set_header Connection $connection_upgrade;",
          `proxy_read_timeout ${args.websocketIdleSeconds}s;`,
          `proxy_send_timeout ${args.websocketIdleSeconds}s;`,
          "proxy_buffering off;",
        ]
      : ['proxy_set_header Connection "";', "proxy_read_timeout 60s;"]),
  ];
  const main = block(`location ${route.path}`, ...forward);
  if (!route.limitedPath) return [main];
  const limit = `limit_req zone=login burst=${args.limits.loginBurst} nodelay;`;
  return [block(`location = ${route.limitedPath}`, limit, ...forward), main];
}

/** Shown while nothing behind the proxy answers. It loads itself again, and says nothing about what is behind. */
const unavailablePage = [
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
  '<meta http-equiv="refresh" content="5"><title>One moment</title>',
  "<style>body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0 2rem;",
  "color-scheme:light dark}main{max-width:28rem}</style>",
  "<main><h1>One moment</h1><p>The service is starting or is busy. This page tries again by itself.</p></main></html>",
].join("");

function proxyProtocol({ clientAddress }: NginxConfArgs): string {
  return clientAddress.from === "proxyProtocol" ? " proxy_protocol" : "";
}
