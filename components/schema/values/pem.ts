import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Problem } from "../fields";

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const keyBlock = /-----BEGIN ((?:[A-Z]+ )*)PRIVATE KEY-----/g;
/** Below it a certificate is reported while there is still time to replace it. */
const warnDays = 14;

/** The certificates of a PEM text, the server's first. */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(certificateBlock) ?? []).map((block) => new X509Certificate(block));
}

/** Checks that the text is PEM certificates, each issued by the next. */
export function parseChain(text: string): string {
  if (/PRIVATE KEY-----/.test(text))
    throw new Problem("holds a private key; give it in edge.certificate.key, with --secret");
  let chain: X509Certificate[];
  try {
    chain = certificatesOf(text);
  } catch (error) {
    throw new Problem(
      `holds a certificate that cannot be read (${(error as Error).message}); give PEM as the authority sent it`,
    );
  }
  if (chain.length === 0) throw new Problem('is not PEM; give the text that starts with "-----BEGIN CERTIFICATE-----"');
  for (const [index, certificate] of chain.slice(0, -1).entries()) {
    if (certificate.checkIssued(chain[index + 1]!)) continue;
    throw new Problem(
      `is not in order: certificate ${index + 1} (${nameOf(certificate)}) is not issued by certificate ${index + 2} (${nameOf(chain[index + 1]!)}); ` +
        "put the server's certificate first and after each one its issuer",
    );
  }
  return `${text.trim()}\n`;
}

/** Checks that the text is PEM certificates of authorities, in any order. */
export function parseAuthorities(text: string): string {
  const form = 'give the text that starts with "-----BEGIN CERTIFICATE-----"';
  if (/PRIVATE KEY-----/.test(text)) throw new Problem(`holds a private key, which no client needs; ${form}`);
  let found: X509Certificate[];
  try {
    found = certificatesOf(text);
  } catch (error) {
    throw new Problem(`holds a certificate that cannot be read (${(error as Error).message}); ${form}`);
  }
  if (found.length === 0) throw new Problem(`is not PEM; ${form}`);
  return `${text.trim()}\n`;
}

/** Checks that the text is one private key in clear. Nothing of it is ever in a message. */
export function parseKey(text: string): string {
  const blocks = [...text.matchAll(keyBlock)];
  if (blocks.length === 0)
    throw new Problem(
      'is not PEM; give the whole text, from its line "BEGIN PRIVATE KEY" to its line "END PRIVATE KEY"',
    );
  if (blocks.length > 1) throw new Problem(`holds ${blocks.length} keys; give the one that belongs to the certificate`);
  if (blocks[0]![1] === "ENCRYPTED " || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw new Problem("is encrypted; give an unencrypted PKCS#8 key (openssl pkcs8 -topk8 -nocrypt)");
  }
  readKey(text);
  return `${text.trim()}\n`;
}

function readKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new Problem("is not a private key that can be read; give an unencrypted PKCS#8 key");
  }
}

function nameOf(certificate: X509Certificate): string {
  return certificate.subject.split("\n").join(", ") || "no subject";
}

/** What stands between a certificate and its use. */
export interface CertificateFindings {
  readonly errors: readonly { readonly key: "certificate" | "key"; readonly message: string }[];
  readonly warnings: readonly string[];
}

/** Checks a certificate against its key, the hosts it must cover and the time. */
export function examineCertificate(
  chain: string,
  key: string,
  hosts: readonly string[],
  now: Date,
): CertificateFindings {
  const certificates = certificatesOf(chain);
  const leaf = certificates[0]!;
  const errors: { key: "certificate" | "key"; message: string }[] = [];
  const warnings: string[] = [];
  if (!leaf.checkPrivateKey(readKey(key))) {
    errors.push({
      key: "key",
      message:
        "does not belong to edge.certificate.certificate (public keys differ); give the key that the certificate was requested with",
    });
  }
  const uncovered = [...new Set(hosts)].filter((host) => !leaf.checkHost(host, { subject: "never" }));
  if (uncovered.length > 0) {
    const covered = leaf.subjectAltName?.replaceAll("DNS:", "") || "no host";
    errors.push({
      key: "certificate",
      message: `covers ${covered}, not ${uncovered.join(" and ")}; use a certificate for these hosts, or change the hosts of the ingress and the routes`,
    });
  }
  certificates.forEach((certificate, index) => {
    const from = new Date(certificate.validFrom);
    const to = new Date(certificate.validTo);
    const which = index === 0 ? "" : `(certificate ${index + 1} of the chain, ${nameOf(certificate)}) `;
    if (now > to) errors.push({ key: "certificate", message: `${which}expired ${day(to)}; renew it` });
    else if (now < from)
      errors.push({
        key: "certificate",
        message: `${which}is not valid before ${day(from)}; use one that is valid now, or set the clock of this machine`,
      });
    else if (to.getTime() - now.getTime() < warnDays * 86_400_000)
      warnings.push(`${which}expires ${day(to)}, in less than ${warnDays} days; renew it soon`);
  });
  return { errors, warnings };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
