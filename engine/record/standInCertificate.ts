import { X509Certificate } from "node:crypto";
import { encodeNames, encodeSubject, issueCertificate } from "../providers/tls/certificate";
import { newPrivateKey, publicKeyDer } from "../providers/tls/keys";

/** A certificate and its key, both made now and of no use to anybody. */
export interface StandInCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Days that a certificate without a model is valid. */
const validity = 90;

/**
 * A throw-away certificate for a preview that has no key of the real one. It covers the hosts and the time of the real
 * certificate where that can be read, so that its hosts and dates are checked as they are; else `hosts`, from now on.
 *
 * @param model PEM of the real certificate, if it is known
 * @param hosts what it has to cover when there is no model
 */
export async function standInCertificate(
  model: string | undefined,
  hosts: readonly string[],
  now: Date,
): Promise<StandInCertificate> {
  const real = read(model);
  const key = await newPrivateKey("ECDSA");
  const subject = encodeSubject({ commonName: "Offline preview" });
  const covered = real ? namesOf(real) : hosts;
  const { certPem } = issueCertificate(
    {
      subject,
      publicKey: publicKeyDer(key),
      names: encodeNames(covered, subject),
      uses: ["digital_signature", "server_auth"],
      notBefore: real ? new Date(real.validFrom) : now,
      notAfter: real ? new Date(real.validTo) : new Date(now.getTime() + validity * 86_400_000),
      isCa: false,
      setSubjectKeyId: false,
    },
    { name: subject, key },
  );
  return { certificate: certPem, key: key.export({ type: "pkcs8", format: "pem" }) as string };
}

/** The first certificate of a PEM text; undefined where there is none, which the parser would say of the real one. */
function read(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function namesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? "").split(/,\s*/).flatMap((name) => (name.startsWith("DNS:") ? [name.slice(4)] : []));
}
