import { encodeNames, encodeSubject, issueCertificate } from "../../engine/providers/tls/certificate";
import { newPrivateKey, publicKeyDer } from "../../engine/providers/tls/keys";

/** A certificate for host names, for both ends of a connection, with its key and the authority that signed it, as PEM. */
export async function serverCertificate(
  ...hosts: readonly string[]
): Promise<{ readonly certificate: string; readonly key: string; readonly authority: string }> {
  const [authorityKey, key] = [await newPrivateKey("ECDSA"), await newPrivateKey("ECDSA")];
  const authority = encodeSubject({ commonName: "Authority of this test" });
  const subject = encodeSubject({ commonName: hosts[0]! });
  const times = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const issuer = { name: authority, key: authorityKey };
  const common = { ...times, setSubjectKeyId: false };
  const ca = issueCertificate(
    { ...common, subject: authority, publicKey: publicKeyDer(authorityKey), uses: ["cert_signing"], isCa: true },
    issuer,
  );
  const names = encodeNames([...hosts], subject);
  const uses = ["digital_signature", "server_auth", "client_auth"];
  const leaf = issueCertificate({ ...common, subject, publicKey: publicKeyDer(key), names, uses, isCa: false }, issuer);
  return {
    certificate: leaf.certPem,
    key: String(key.export({ type: "pkcs8", format: "pem" })),
    authority: ca.certPem,
  };
}
