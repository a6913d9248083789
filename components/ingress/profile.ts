import type { PublicProfile } from "../contracts";
import { healthPath, keepaliveSeconds, ports } from "./nginxConf";
import type { IngressSettings } from "./settings";

/** What NGINX and the balancer must agree on: each is configured from this and from nothing else. */
export function publicProfile(
  settings: Pick<IngressSettings, "clientAddress" | "websocketIdleSeconds" | "drainSeconds">,
): PublicProfile {
  return {
    proxyProtocol: settings.clientAddress.from === "proxyProtocol",
    // The longest silence that NGINX bears. A balancer bears a little more, so that NGINX is who closes: it tells the
    // client, while a balancer forgets the connection and the client's next words are lost.
    idleSeconds: Math.max(settings.websocketIdleSeconds, keepaliveSeconds.server),
    drainSeconds: settings.drainSeconds,
    health: { port: ports.health, path: healthPath },
  };
}
