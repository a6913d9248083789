import { socketPath } from "./paths";
import type { IngressSettings } from "./settings";

/** The public addresses of the product. */
export interface Addresses {
  /** Origin of the panel, e.g. `https://panel.example.com`. */
  readonly panel: string;
  /** WebSocket of the chat, e.g. `wss://chat.example.com/socket`. */
  readonly chatSocket: string;
}

/** The origin of a public host, without the usual port. */
export function originOf(host: string, { httpsPort }: Pick<IngressSettings, "httpsPort">): string {
  return `https://${host}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
}

/** The addresses that clients use, without the usual port; undefined for a stack without panel and chat. */
export function publicAddresses(edge: Pick<IngressSettings, "panel" | "chat" | "httpsPort">): Addresses | undefined {
  if (!edge.panel || !edge.chat) return undefined;
  const prefix = edge.chat.path === "/" ? "" : edge.chat.path;
  return {
    panel: originOf(edge.panel.host, edge),
    chatSocket: `${originOf(edge.chat.host, edge).replace("https", "wss")}${prefix}${socketPath}`,
  };
}
