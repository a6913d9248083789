import { socketPath } from "./paths";
import type { IngressSettings } from "./settings";

/** The public host names by their keys; once where two apps share one. */
export function hostnamesByKey(edge: object): [key: string, host: string][] {
  const found = Object.entries(edge).flatMap(([app, settings]: [string, unknown]): [string, string][] =>
    typeof settings === "object" && settings !== null && "host" in settings && typeof settings.host === "string"
      ? [[`edge.${app}.host`, settings.host]]
      : [],
  );
  return found.filter(([, host], at) => found.findIndex(([, other]) => other === host) === at);
}

/** The public host names, each once. */
export function hostnamesOf(edge: object): string[] {
  return hostnamesByKey(edge).map(([, host]) => host);
}

/** The public addresses of the product. */
export interface Addresses {
  /** Origin of the panel, e.g. `https://panel.example.com`. */
  readonly panel: string;
  /** WebSocket of the chat, e.g. `wss://chat.example.com/socket`. */
  readonly chatSocket: string;
}

/** The addresses that clients use; the port is left out where it is the usual one. */
export function publicAddresses(edge: Pick<IngressSettings, "panel" | "chat" | "httpsPort">): Addresses {
  const port = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
  const prefix = edge.chat.path === "/" ? "" : edge.chat.path;
  return {
    panel: `https://${edge.panel.host}${port}`,
    chatSocket: `wss://${edge.chat.host}${port}${prefix}${socketPath}`,
  };
}
