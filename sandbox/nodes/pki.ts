import { execFile } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate and its key, as files. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate speaks for. */
export interface Identity {
  /** File name without ending. */
  readonly file: string;
  /** Kubernetes reads the user from this. */
  readonly commonName: string;
  /** Kubernetes reads the group from this. */
  readonly organization?: string;
  /** Names and addresses it serves under. @default none: a client's certificate */
  readonly hosts?: readonly string[];
}

const day = 24 * 60 * 60 * 1000;
/** Days. Nobody renews these: they live as long as a machine does, and never leave it. */
const lifetime = 3650;

/**
 * The certificate authority of the local cluster: files below one folder, the keys readable by their owner alone.
 * Keys come from Node.js and certificates from `openssl`, so that no key is ever an argument.
 */
export class Authority {
  readonly certificate: string;
  private readonly key: string;
  /** Nodes start side by side and share identities: each is made once, never by two of them at the same time. */
  private readonly issuing = new Map<string, Promise<KeyPair>>();

  private constructor(private readonly folder: string) {
    this.certificate = join(folder, "ca.crt");
    this.key = join(folder, "ca.key");
  }

  /** Opens the authority in this folder, or makes one there. */
  static async open(folder: string): Promise<Authority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const authority = new Authority(folder);
    if (!existsSync(authority.certificate)) {
      newKey(authority.key);
      await certify(authority.certificate, authority.key, "/CN=switchboard local cluster", [], {
        basicConstraints: "critical,CA:TRUE",
        keyUsage: "critical,keyCertSign,cRLSign",
      });
    }
    return authority;
  }

  /** The identity's certificate and key, made if missing, ending within 30 days, or made for other hosts. */
  issue(identity: Identity): Promise<KeyPair> {
    const running = this.issuing.get(identity.file) ?? Promise.resolve();
    const issued = running.catch(() => {}).then(() => this.issueNow(identity));
    this.issuing.set(identity.file, issued);
    return issued;
  }

  private async issueNow(identity: Identity): Promise<KeyPair> {
    const [certificate, key] = [join(this.folder, `${identity.file}.crt`), join(this.folder, `${identity.file}.key`)];
    if (existsSync(certificate) && existsSync(key) && this.isGood(certificate, key, identity))
      return { certificate, key };
    newKey(key);
    const subject = `${identity.organization ? `/O=${identity.organization}` : ""}/CN=${identity.commonName}`;
    await certify(certificate, key, subject, ["-CA", this.certificate, "-CAkey", this.key], {
      basicConstraints: "critical,CA:FALSE",
      keyUsage: "critical,digitalSignature",
      extendedKeyUsage: identity.hosts ? "clientAuth,serverAuth" : "clientAuth",
      ...(identity.hosts && {
        subjectAltName: identity.hosts.map((host) => `${isIP(host) ? "IP" : "DNS"}:${host}`).join(","),
      }),
    });
    return { certificate, key };
  }

  /** The key pair that signs the tokens of service accounts; `certificate` is its public key. */
  tokenKeys(): KeyPair {
    const pair = { certificate: join(this.folder, "tokens.pub"), key: join(this.folder, "tokens.key") };
    if (!existsSync(pair.certificate)) writeSecret(pair.certificate, newKey(pair.key));
    return pair;
  }

  private isGood(file: string, key: string, identity: Identity): boolean {
    const found = new X509Certificate(readFileSync(file));
    const hosts = identity.hosts ?? [];
    return (
      found.checkPrivateKey(createPrivateKey(readFileSync(key))) &&
      found.verify(new X509Certificate(readFileSync(this.certificate)).publicKey) &&
      Date.parse(found.validTo) - Date.now() > 30 * day &&
      found.subject.split("\n").includes(`CN=${identity.commonName}`) &&
      (found.subjectAltName?.split(", ").length ?? 0) === hosts.length &&
      hosts.every((host) => (isIP(host) ? found.checkIP(host) : found.checkHost(host)) !== undefined)
    );
  }
}

async function certify(
  out: string,
  key: string,
  subject: string,
  issuer: readonly string[],
  extensions: Readonly<Record<string, string>>,
): Promise<void> {
  // Written aside and renamed: a certificate that exists is whole, and so is its key, which was written before.
  const unfinished = `${out}.new`;
  await run("openssl", [
    ...["req", "-x509", "-new", "-key", key, "-sha256", "-days", `${lifetime}`, "-subj", subject, "-out", unfinished],
    ...issuer,
    ...Object.entries(extensions).flatMap(([name, value]) => ["-addext", `${name}=${value}`]),
  ]);
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, out);
}

/** Makes a P-256 key in this file and returns the public key as PEM. */
function newKey(path: string): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeSecret(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

/** Writes a file that only its owner can read, also where it was there with other permissions. */
export function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}
