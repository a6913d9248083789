import type { IngressSettings } from "../../ingress/settings";
import type { OperationsSettings } from "../../stack/settings";
import type { CreateApp } from "../shared/app";
import { Chat } from "./index";
import type { ChatAddress, ChatSettings } from "./settings";

/** Of a stack's settings, what the chat is made of. */
export interface ChatStackSettings {
  readonly chat: ChatSettings;
  readonly edge: IngressSettings & { readonly chat: ChatAddress };
  readonly operations: OperationsSettings;
}

/** The chat, which judges tokens that another app signs. */
export const createChat: CreateApp<ChatStackSettings> = (args, opts) => {
  const { settings, addresses } = args;
  const chat = new Chat("chat", { ...args, tokens: args.tokens() }, opts);
  return {
    connections: chat.connections,
    rollouts: [chat.rollout],
    routes: [chat.routeAt(settings.edge.chat)],
    // Where the panel's page opens its WebSocket; nothing else of the chat is public.
    outputs: { chatUrl: addresses.chatSocket },
    commands: (switchboard) => ({ chatConsole: switchboard("console chat") }),
  };
};
