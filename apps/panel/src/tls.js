import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";

/**
 * How a server must prove itself, as options for `tls.connect`.
 *
 * `verify-full`: by a certificate for its host name. `verify-ca`: by a certificate of this authority, whatever name it
 * is for; only for an authority that signs nothing but this one server.
 *
 * @param {{ host: string, mode: "verify-ca" | "verify-full", ca?: string }} server without `ca` (PEM) the authorities
 *   that Node.js trusts
 * @returns {import("node:tls").ConnectionOptions}
 */
export function verifiedTls({ host, mode, ca }) {
  return {
    ca,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    // RFC 6066, 3: a name, never an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // The host that was asked for, not what a client library makes of it.
    checkServerIdentity:
      mode === "verify-full" ? (_asked, certificate) => checkServerIdentity(host, certificate) : () => undefined,
  };
}
