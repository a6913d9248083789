import { originOf } from "../ingress/addresses";
import type { IngressSettings } from "../ingress/settings";
import { socketPath } from "./chat/paths";
import type { ChatAddress } from "./chat/settings";
import type { PanelAddress } from "./panel/settings";

/** The public addresses of the panel and the chat, each of which must know the other's. */
export interface Addresses {
  /** Origin of the panel, e.g. `https://panel.example.com`. */
  readonly panel: string;
  /** WebSocket of the chat, e.g. `wss://chat.example.com/socket`. */
  readonly chatSocket: string;
}

/** What they are made of. */
interface AddressSettings extends Pick<IngressSettings, "httpsPort"> {
  readonly panel?: PanelAddress | undefined;
  readonly chat?: ChatAddress | undefined;
}

/** The addresses that clients use, without the usual port; undefined for a stack without panel and chat. */
export function publicAddresses(edge: AddressSettings): Addresses | undefined {
  if (!edge.panel || !edge.chat) return undefined;
  const prefix = edge.chat.path === "/" ? "" : edge.chat.path;
  return {
    panel: originOf(edge.panel.host, edge),
    chatSocket: `${originOf(edge.chat.host, edge).replace("https", "wss")}${prefix}${socketPath}`,
  };
}
