/** The chat's WebSocket, the one path of the chat that is public (apps/chat/lib/chat/http/router.ex). */
export const socketPath = "/socket";
