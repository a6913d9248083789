import { signChatToken } from "../../chatToken.js";
import { openRooms } from "../../models/rooms.js";

/**
 * The chat page and the token with which its script enters the chat.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function chatRoutes(app, { db, config }) {
  app.get("/chat", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const rooms = await openRooms(db);
    const asked = rooms.find(({ slug }) => slug === request.query.room);
    // The room everyone knows is the one that was there first.
    const [oldest] = [...rooms].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    return reply.page("chat", { rooms, current: asked ?? oldest, chatUrl: config.chatUrl });
  });

  app.post("/chat/token", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const rooms = await openRooms(db);
    const signed = await signChatToken(
      config.chatTokenKey,
      request.user,
      rooms.map(({ slug }) => slug),
      request.id,
    );
    reply.header("cache-control", "no-store");
    return { ...signed, rooms: rooms.map(({ slug, name }) => ({ slug, name })) };
  });
}
