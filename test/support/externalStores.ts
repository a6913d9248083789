import { generateKeyPairSync } from "node:crypto";
import { encodeNames, encodeSubject, issueCertificate } from "../../engine/providers/tls/certificate";
import { publicKeyDer } from "../../engine/providers/tls/keys";

const day = 86_400_000;

/** An authority that somebody else has, as PEM. @param days until it expires, from now */
export function authorityPem(days = 900): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = encodeSubject({ commonName: "authority of somebody else" });
  const { certPem } = issueCertificate(
    {
      subject: name,
      publicKey: publicKeyDer(privateKey),
      names: encodeNames([], name),
      uses: [],
      notBefore: new Date(Date.now() - 1000 * day),
      notAfter: new Date(Date.now() + days * day),
      isCa: true,
      setSubjectKeyId: true,
    },
    { name, key: privateKey },
  );
  return certPem;
}

/** The least that a Postgres of somebody else must say, with a log-in that may make roles. */
export function externalPostgres(): Record<string, unknown> {
  return {
    kind: "external",
    host: "db.acme.dev",
    networks: ["10.20.0.0/16"],
    tls: { authority: authorityPem() },
    image: "registry.example/postgres:17.5",
    administrator: { user: "maker", password: "password-of-the-maker" },
  };
}

/** The same where no role may be made. */
export function externalRoles(): Record<string, unknown> {
  const { administrator: _nobody, ...rest } = externalPostgres();
  return {
    ...rest,
    roles: {
      panel: {
        ...{ user: "panel_rw", password: "password-of-the-panel" },
        owner: { user: "panel_ddl", password: "password-of-the-migration" },
        schema: "admin",
      },
      chat: { user: "chat_rw", password: "password-of-the-chat" },
    },
  };
}

/** The least that a Redis of somebody else must say, with an authority of its own. */
export function externalRedis(): Record<string, unknown> {
  return {
    kind: "external",
    host: "10.30.0.7",
    tls: { authority: authorityPem() },
    password: "password-of-redis",
  };
}
