import { socketPath } from "./paths";
import type { IngressSettings } from "./settings";

/** The public addresses of the product. */
export interface Addresses {
  /** Origin of the panel, e.g. `https://panel.example.com`. */
  readonly panel: string;
  /** WebSocket of the chat, e.g. `wss://chat.example.com/socket`. */
  readonly chatSocket: string;
}

/** The addresses that clients use, without the usual port; undefined for a stack without panel and chat. */
export function publicAddresses(edge: Pick<IngressSettings, "panel" | "chat" | "httpsPort">): Addresses | undefined {
  if (!edge.panel || !edge.chat) return undefined;
  const port = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
  const prefix = edge.chat.path === "/" ? "" : edge.chat.path;
  return {
    panel: `https://${edge.panel.host}${port}`,
    chatSocket: `wss://${edge.chat.host}${port}${prefix}${socketPath}`,
  };
}
