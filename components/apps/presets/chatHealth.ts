import type { AppHealth } from "../shared/health";

/** How the chat is seen. */
export const chatHealth: AppHealth = {
  output: "chatUrl",
  answer: { kind: "websocket", protocol: "switchboard.v1", refusal: "token_missing" },
};
