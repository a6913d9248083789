import type { NginxConfArgs, ServerRoute } from "../../../components/ingress/nginxConf";

/** The hosts of the sample. */
export const panelHost = "panel.example.com";
export const chatHost = "chat.example.com";

/** The panel's route as the program makes it (`components/apps/panel/index.ts`). */
export const panelRoute: ServerRoute = {
  hostname: panelHost,
  path: "/",
  websocket: false,
  limitedPath: "/login",
  closed: ["/livez", "/readyz", "/startupz"],
  upstream: { name: "panel", host: "panel", port: 3000 },
};

/** The chat's route as the program makes it (`components/apps/chat/index.ts`), at a host of its own. */
export const chatRoute: ServerRoute = {
  hostname: chatHost,
  path: "/",
  websocket: true,
  only: ["/socket"],
  socketsOnly: true,
  bodySize: "1k",
  upstream: { name: "chat", host: "chat", port: 4000 },
};

/** What `nginx.conf` is made of with the settings' defaults. */
export function sampleArgs(changes: Partial<NginxConfArgs> = {}): NginxConfArgs {
  return {
    routes: [panelRoute, chatRoute],
    challenges: [],
    certificateRead: "start",
    publicHttpsPort: 443,
    memoryBytes: 128 * 2 ** 20,
    clientAddress: { from: "connection", trustedProxies: [] },
    limits: sampleLimits(),
    websocketIdleSeconds: 3600,
    drainSeconds: 5,
    hsts: { maxAgeSeconds: 0, includeSubDomains: false, preload: false },
    ...changes,
  };
}

/** The limits of the settings' defaults (`components/ingress/settings/index.ts`). */
export function sampleLimits(changes: Partial<NginxConfArgs["limits"]> = {}): NginxConfArgs["limits"] {
  return {
    ...{ login: "2r/s", loginBurst: 100, requestsPerAddress: 500, socketsPerAddress: 500 },
    ...{ bodySize: "64k", requestHeaders: "16k", responseHeaders: "16k" },
    ...changes,
  };
}
