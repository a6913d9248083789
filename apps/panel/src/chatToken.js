import { importPKCS8, SignJWT } from "jose";

/** Five minutes. The client asks for a new one before it ends. */
export const chatTokenSeconds = 300;

/** The one algorithm: the chat has no other either, whatever a header says. */
const algorithm = "EdDSA";

/** The key that signs tokens. @param {string} pem PKCS#8, Ed25519 */
export const importTokenKey = (pem) => importPKCS8(pem, algorithm);

/**
 * The signed statement with which a user enters the chat: who they are and which rooms are theirs.
 *
 * @param {CryptoKey} key of `importTokenKey`; the chat has the public half
 * @param {{ user: { id: string, name: string }, sid: string, rooms: string[], issuedAt: number }} grant `rooms` are
 *   slugs; `sid` names the log-in session; `issuedAt` in seconds since 1970, with fraction: a revocation of the same
 *   second must be earlier or later
 * @param {string} requestId of the request that asks for it: the token's id, which the chat logs with every socket that
 *   the token opens, so that one request can be followed from here into the chat
 */
export async function signChatToken(key, { user, sid, rooms, issuedAt }, requestId) {
  const expires = Math.floor(issuedAt) + chatTokenSeconds;
  const token = await new SignJWT({ name: user.name, rooms, sid, iat: issuedAt })
    .setProtectedHeader({ alg: algorithm, typ: "JWT" })
    .setSubject(user.id)
    .setJti(requestId)
    .setAudience("chat")
    .setNotBefore(Math.floor(issuedAt))
    .setExpirationTime(expires)
    .sign(key);
  return { token, expiresAt: new Date(expires * 1000).toISOString() };
}
