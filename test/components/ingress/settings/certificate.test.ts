import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  encodeNames,
  encodeSubject,
  type Issuer,
  issueCertificate,
} from "../../../../engine/providers/tls/certificate";
import { publicKeyDer } from "../../../../engine/providers/tls/keys";
import { context, parse, problems, type Raw, root } from "../../settings/stack";

const day = 86_400_000;

interface Issued {
  readonly pem: string;
  readonly key: string;
  readonly issuer: Issuer;
}

/** A certificate that is valid for some days around the time of the tests; without hosts it is an authority. */
function issue(commonName: string, hosts: string[], from: number, to: number, issuer?: Issuer): Issued {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = encodeSubject({ commonName });
  const own = { name, key: privateKey };
  const { certPem } = issueCertificate(
    {
      subject: name,
      publicKey: publicKeyDer(privateKey),
      names: encodeNames(hosts, name),
      uses: [],
      notBefore: new Date(context.now.getTime() + from * day),
      notAfter: new Date(context.now.getTime() + to * day),
      isCa: hosts.length === 0,
      setSubjectKeyId: false,
    },
    issuer ?? own,
  );
  return { pem: certPem, key: String(privateKey.export({ type: "pkcs8", format: "pem" })), issuer: own };
}

const both = ["panel.localhost", "chat.localhost"];
const authority = issue("Authority", [], -100, 1000);
const good = issue("panel.localhost", both, -1, 90, authority.issuer);
const other = issue("other", ["other.localhost"], -1, 90, authority.issuer);
const wildcard = issue("wildcard", ["*.example.com"], -1, 90, authority.issuer);
const expired = issue("expired", both, -90, -50, authority.issuer);
const future = issue("future", both, 5, 90, authority.issuer);
const ending = issue("ending", both, -80, 5, authority.issuer);

const stored = { secretLayers: new Set(["edge"]) };
const told = (certificate: unknown, key: unknown = good.key, change: (raw: Raw) => void = () => {}) =>
  problems((raw) => {
    raw.edge.certificate = { kind: "provided", certificate, key };
    change(raw);
  }, stored);

test("a certificate that covers both hosts, with its chain, is taken; the key stays secret", () => {
  const settings = parse((raw) => {
    raw.edge.certificate = { kind: "provided", certificate: `${good.pem}\n${authority.pem}`, key: good.key };
  }, stored);
  assert.deepEqual(settings.warnings, []);
  assert(settings.edge.certificate.kind === "provided");
  assert.equal(settings.edge.certificate.key.reveal().trim(), good.key.trim());
  assert.equal(JSON.parse(JSON.stringify(settings.edge.certificate)).key, "[secret]");
});

test("a wildcard covers the hosts one level below it and no others", () => {
  const at = (panel: string) =>
    told(wildcard.pem, wildcard.key, (raw) => {
      raw.edge.panel.host = panel;
      raw.edge.chat.host = "chat.example.com";
    });
  assert.deepEqual(at("panel.example.com"), []);
  for (const host of ["a.panel.example.com", "example.com"]) {
    assert.deepEqual(at(host), [
      `edge.certificate.certificate: covers *.example.com, not ${host}; use a certificate for these hosts, or change the hosts of the ingress and the routes`,
    ]);
  }
});

test("files are read from the repository's root", () => {
  writeFileSync(join(root, "tls.crt"), good.pem);
  writeFileSync(join(root, "tls.key"), good.key);
  assert.deepEqual(told({ file: "tls.crt" }, { file: "tls.key" }), []);
  assert.deepEqual(told({ file: "no.crt" }, { file: "tls.key" }), [
    `edge.certificate.certificate.file: "${join(root, "no.crt")}" cannot be read (ENOENT); name a file that is there and readable`,
  ]);
});

test("row 21: a key that is stored in clear is refused", () => {
  const clear = problems((raw) => {
    raw.edge.certificate = { kind: "provided", certificate: good.pem, key: good.key };
  });
  assert.deepEqual(clear, [
    "edge.certificate.key: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path edge.certificate.key",
  ]);
});

test("row 24: a certificate or key that is not PEM, several keys, an encrypted key", () => {
  const notPem =
    'edge.certificate.key: is not PEM; give the whole text, from its line "BEGIN PRIVATE KEY" to its line "END PRIVATE KEY"';
  assert.deepEqual(told("hello"), [
    'edge.certificate.certificate: is not PEM; give the text that starts with "-----BEGIN CERTIFICATE-----"',
  ]);
  assert.deepEqual(told(good.pem, "hunter2"), [notPem]);
  assert.deepEqual(told(good.pem, `${good.key}${other.key}`), [
    "edge.certificate.key: holds 2 keys; give the one that belongs to the certificate",
  ]);
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "hunter2" },
  });
  assert.deepEqual(told(good.pem, privateKey), [
    "edge.certificate.key: is encrypted; give an unencrypted PKCS#8 key (openssl pkcs8 -topk8 -nocrypt)",
  ]);
  assert.deepEqual(told(`${good.pem}\n${good.key}`), [
    "edge.certificate.certificate: holds a private key; give it in edge.certificate.key, with --secret",
  ]);
  const damaged = good.key.replace(/\n.{10}/, "\nAAAAAAAAAA");
  assert.deepEqual(told(good.pem, damaged), [
    "edge.certificate.key: is not a private key that can be read; give an unencrypted PKCS#8 key",
  ]);
  assert.deepEqual(told(5), [
    "edge.certificate.certificate: is neither text nor a file; give PEM text, or {file: path}",
  ]);
});

test("row 24: a chain in the wrong order", () => {
  assert.deepEqual(told(`${authority.pem}\n${good.pem}`), [
    "edge.certificate.certificate: is not in order: certificate 1 (CN=Authority) is not issued by certificate 2 (CN=panel.localhost); put the server's certificate first and after each one its issuer",
  ]);
});

test("row 25: a key that does not belong to the certificate", () => {
  assert.deepEqual(told(good.pem, other.key), [
    "edge.certificate.key: does not belong to edge.certificate.certificate (public keys differ); give the key that the certificate was requested with",
  ]);
});

test("row 26: an expired certificate, one that is not valid yet, one that ends soon", () => {
  assert.deepEqual(told(expired.pem, expired.key), ["edge.certificate.certificate: expired 2026-10-02; renew it"]);
  assert.deepEqual(told(future.pem, future.key), [
    "edge.certificate.certificate: is not valid before 2026-11-26; use one that is valid now, or set the clock of this machine",
  ]);
  const { warnings } = parse((raw) => {
    raw.edge.certificate = { kind: "provided", certificate: ending.pem, key: ending.key };
  }, stored);
  assert.deepEqual(warnings, ["edge.certificate.certificate: expires 2026-11-26, in less than 14 days; renew it soon"]);
});

test("a certificate for other hosts", () => {
  assert.deepEqual(told(other.pem, other.key), [
    "edge.certificate.certificate: covers other.localhost, not panel.localhost and chat.localhost; use a certificate for these hosts, or change the hosts of the ingress and the routes",
  ]);
});

test("no part of a key is in any message", () => {
  for (const key of [good.key.slice(0, 60), `${good.key}${other.key}`, 12345678, { fil: "x" }, [good.key]]) {
    const text = told(good.pem, key).join("\n");
    assert.notEqual(text, "");
    assert.doesNotMatch(text, /12345678|MIG/);
  }
});
