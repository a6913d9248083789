import { SignJWT } from "jose";

/** One hour, as the chat expects. The client asks for a new one before it ends. */
export const chatTokenSeconds = 3_600;

/**
 * The signed statement with which a user enters the chat: who they are and which rooms are theirs.
 *
 * @param {string} key shared with the chat (CHAT_TOKEN_KEY); its UTF-8 bytes are the key of HMAC-SHA256
 * @param {{ id: string, name: string }} user
 * @param {string[]} rooms slugs
 * @param {string} requestId of the request that asks for it: the token's id, which the chat logs with every socket that
 *   the token opens, so that one request can be followed from here into the chat
 */
export async function signChatToken(key, user, rooms, requestId) {
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ name: user.name, rooms })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user.id)
    .setJti(requestId)
    .setAudience("chat")
    .setIssuedAt(now)
    .setExpirationTime(now + chatTokenSeconds)
    .sign(new TextEncoder().encode(key));
  return { token, expiresAt: new Date((now + chatTokenSeconds) * 1000).toISOString() };
}
