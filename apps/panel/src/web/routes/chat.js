import { importTokenKey, signChatToken } from "../../chatToken.js";
import { chatGrant } from "../../models/revocations.js";
import { openRooms } from "../../models/rooms.js";
import { sidOf } from "../access.js";

/**
 * The chat page and the token with which its script enters the chat.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function chatRoutes(app, { db, config }) {
  const key = await importTokenKey(config.chatTokenKey);

  app.get("/chat", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const rooms = await openRooms(db);
    const asked = rooms.find(({ slug }) => slug === request.query.room);
    // The room everyone knows is the one that was there first.
    const [oldest] = [...rooms].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    return reply.page("chat", { rooms, current: asked ?? oldest, chatUrl: config.chatUrl });
  });

  app.post("/chat/token", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { id: userId, sessionEpoch: epoch } = request.user;
    const sid = sidOf(request);
    const grant = await chatGrant(db, { userId, epoch, sid });
    if (!grant) return reply.fail(401, "Please log in again", "Your session has ended.");
    const rooms = grant.rooms.map(({ slug }) => slug);
    const signed = await signChatToken(key, { ...grant, rooms, sid }, request.id);
    reply.header("cache-control", "no-store");
    return { ...signed, rooms: grant.rooms };
  });
}
