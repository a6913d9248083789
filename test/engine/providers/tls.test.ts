import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { tlsKinds, tlsProvider } from "../../../engine/providers/tls";
import { integer, oid, read, time } from "../../../engine/providers/tls/der";
import { hasSecret, type Properties, secret, unknown } from "../../../engine/providers/values";
import { temporaryFolder } from "../../../lib/temporary";

const kind = (name: string) => tlsKinds[`tls:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`]!;
const make = async (name: string, inputs: Properties) =>
  (await kind(name).make({ ...kind(name).defaults, ...inputs })).outputs;
const resource = (name: string) => ({
  urn: "urn:pulumi:s::p::t::n",
  type: `tls:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`,
  name: "n",
});

const leftOut =
  "the local tls plugin does not do this; the official one does, which is used where the Pulumi CLI is installed";
const uses = "digital_signature or key_encipherment or cert_signing or crl_signing or server_auth or client_auth";
const p256 = { algorithm: "ECDSA", ecdsaCurve: "P256" };

async function authority(key: Properties = p256) {
  const { privateKeyPem } = await make("PrivateKey", key);
  const ca = await make("SelfSignedCert", {
    privateKeyPem: privateKeyPem!,
    isCaCertificate: true,
    setSubjectKeyId: true,
    subject: { commonName: "Test CA", organization: "Müller & Söhne" },
    allowedUses: ["cert_signing", "crl_signing"],
    validityPeriodHours: 24,
  });
  return { caPrivateKeyPem: privateKeyPem!, caCertPem: ca.certPem! };
}

const leafInputs = { allowedUses: ["digital_signature", "key_encipherment", "server_auth"], validityPeriodHours: 48 };

for (const key of [p256, { algorithm: "ED25519" }]) {
  test(`a certificate signed by a CA with an ${key.algorithm} key is verified by OpenSSL's library`, async () => {
    const ca = await authority(key);
    const { privateKeyPem } = await make("PrivateKey", key);
    const { certRequestPem } = await make("CertRequest", {
      privateKeyPem: privateKeyPem!,
      subject: { commonName: "panel" },
      dnsNames: ["panel.localhost", "*.chat.localhost"],
    });
    const leaf = await make("LocallySignedCert", { ...leafInputs, ...ca, certRequestPem: certRequestPem! });
    const [certificate, issuer] = [
      new X509Certificate(String(leaf.certPem)),
      new X509Certificate(String(ca.caCertPem)),
    ];
    assert.ok(issuer.ca && issuer.verify(issuer.publicKey));
    assert.match(issuer.subject, /Müller & Söhne/);
    assert.ok(certificate.verify(issuer.publicKey));
    assert.ok(certificate.checkIssued(issuer));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(String(privateKeyPem))));
    assert.equal(certificate.ca, false);
    assert.equal(certificate.checkHost("panel.localhost"), "panel.localhost");
    assert.equal(certificate.checkHost("a.chat.localhost"), "*.chat.localhost");
    assert.equal(certificate.checkHost("other.localhost"), undefined);
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(new Date(certificate.validTo).toISOString().replace(".000", ""), leaf.validityEndTime);
    assert.equal(leaf.caKeyAlgorithm, key.algorithm);
  });
}

test("a key's forms are the same key", async () => {
  for (const inputs of [p256, { algorithm: "ED25519" }]) {
    const key = await make("PrivateKey", inputs);
    const spki = (pem: unknown) => createPublicKey(String(pem)).export({ type: "spki", format: "der" }).toString("hex");
    assert.equal(spki(key.privateKeyPem), spki(key.privateKeyPemPkcs8));
    assert.equal(spki(key.privateKeyPem), spki(key.publicKeyPem));
    const folder = temporaryFolder("openssh");
    const file = join(folder, "key");
    writeFileSync(file, String(key.privateKeyOpenssh), { mode: 0o600 });
    const openSsh = (...args: string[]) => execFileSync("ssh-keygen", [...args, "-f", file], { encoding: "utf8" });
    assert.equal(openSsh("-y").trim(), String(key.publicKeyOpenssh).trim());
    assert.match(openSsh("-l"), new RegExp(`^256 ${String(key.publicKeyFingerprintSha256).replaceAll("+", "\\+")} `));
    assert.match(openSsh("-l", "-E", "md5"), new RegExp(`^256 MD5:${key.publicKeyFingerprintMd5} `));
  }
});

test("what nobody makes is refused, with who does it; its default may be said", async () => {
  const provider = tlsProvider();
  const failures = async (name: string, news: Properties) => {
    const request = { ...resource(name), olds: undefined, news, seed: new Uint8Array() };
    return ((await provider.check(request)).failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
  };
  assert.deepEqual(await failures("PrivateKey", { algorithm: "RSA", rsaBits: 4096 }), [
    `rsaBits: ${leftOut}`,
    `algorithm: "RSA" is not ECDSA or ED25519; ${leftOut}`,
  ]);
  const curve = `ecdsaCurve: "P224" is not P256; ${leftOut}`;
  assert.deepEqual(await failures("PrivateKey", { algorithm: "ECDSA" }), [curve], "P224 is the package's default");
  const { privateKeyPem } = await make("PrivateKey", p256);
  const given = { privateKeyPem: privateKeyPem!, subject: { commonName: "x", country: "CH" } };
  assert.deepEqual(await failures("CertRequest", { ...given, ipAddresses: ["127.0.0.1"] }), [
    `ipAddresses: ${leftOut}`,
    `subject.country: ${leftOut}`,
  ]);
  const root = { privateKeyPem: privateKeyPem!, allowedUses: ["code_signing"], validityPeriodHours: 1 };
  assert.deepEqual(await failures("SelfSignedCert", { ...root, maxPathLength: 0, setAuthorityKeyId: false }), [
    `maxPathLength: ${leftOut}`,
    `allowedUses: "code_signing" is not ${uses}; ${leftOut}`,
  ]);
  const foreign = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ type: "sec1", format: "pem" });
  assert.deepEqual(await failures("SelfSignedCert", { ...root, allowedUses: [], privateKeyPem: String(foreign) }), [
    `privateKeyPem: it is a key of type ec secp384r1; ${leftOut}`,
  ]);
  const unknownKey = { privateKeyPem: secret(unknown), uris: ["spiffe://x/y"] };
  assert.deepEqual(await failures("CertRequest", unknownKey), [`uris: ${leftOut}`], "in a first preview, too");
  await assert.rejects(
    async () => provider.check({ ...resource("Certificates"), olds: undefined, news: {}, seed: new Uint8Array() }),
    new RegExp(`Certificates: ${leftOut}; this one makes PrivateKey, CertRequest, SelfSignedCert, LocallySignedCert`),
  );
});

test("an Ed25519 key has the forms that clients of the official plugin read, and its public form checks what it signs", async () => {
  const key = await make("PrivateKey", { algorithm: "ED25519" });
  // RFC 8410, section 7: 48 bytes of PKCS #8 and 44 of SubjectPublicKeyInfo, each in one line of Base64.
  assert.match(
    String(key.privateKeyPemPkcs8),
    /^-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI[\w+/]{43}\n-----END PRIVATE KEY-----\n$/,
  );
  assert.equal(key.privateKeyPem, key.privateKeyPemPkcs8);
  assert.match(
    String(key.publicKeyPem),
    /^-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA[\w+/]{43}=\n-----END PUBLIC KEY-----\n$/,
  );
  const message = Buffer.from("header.claims");
  const signature = sign(null, message, createPrivateKey(String(key.privateKeyPemPkcs8)));
  assert.ok(verify(null, message, createPublicKey(String(key.publicKeyPem)), signature));
});

test("a certificate is due when its early renewal begins, and then it is made anew", async () => {
  const provider = tlsProvider();
  const { privateKeyPem } = await make("PrivateKey", { algorithm: "ED25519" });
  const oldInputs: Properties = { privateKeyPem: privateKeyPem!, allowedUses: [], validityPeriodHours: 10 };
  const request = { ...resource("SelfSignedCert"), inputs: oldInputs, preview: false, timeout: 0 };
  const { id, outputs: oldOutputs } = await provider.create(request);
  assert.equal(oldOutputs.readyForRenewal, false);
  const diff = (earlyRenewalHours: number) =>
    provider.diff({ ...request, id, oldInputs, oldOutputs, newInputs: { ...oldInputs, earlyRenewalHours } });
  assert.deepEqual([...(await diff(9)).properties], [["earlyRenewalHours", { kind: "add", replace: false }]]);
  assert.deepEqual((await diff(11)).properties.get("readyForRenewal"), { kind: "update", replace: true });
  const state = await provider.read({
    ...request,
    id,
    inputs: { ...oldInputs, earlyRenewalHours: 11 },
    outputs: oldOutputs,
  });
  assert.equal(state?.outputs.readyForRenewal, true);
});

test("private keys are secret outputs", async () => {
  const { outputs } = await tlsProvider().create({
    ...resource("PrivateKey"),
    inputs: { algorithm: "ED25519" },
    preview: false,
    timeout: 0,
  });
  const open = Object.keys(outputs).filter((key) => !hasSecret(outputs[key]));
  assert.deepEqual(
    open.filter((key) => key.startsWith("private")),
    [],
  );
});

test("wrong inputs are named, and no key is quoted", async () => {
  const failures = (name: string, news: Properties) =>
    (kind(name).check?.({ ...kind(name).defaults, ...news }) ?? []).map(
      ({ property, reason }) => `${property}: ${reason}`,
    );
  const wrong = failures("SelfSignedCert", {
    privateKeyPem: "hunter2",
    allowedUses: ["serverAuth"],
    validityPeriodHours: 0,
  });
  assert.match(wrong[0]!, /^privateKeyPem: it is not an unencrypted private key in PEM format$/);
  assert.match(wrong[1]!, /^allowedUses: "serverAuth" is not digital_signature or /);
  assert.match(wrong[2]!, /^validityPeriodHours: 0 is not a number of hours above 0$/);
  assert.equal(wrong.join().includes("hunter2"), false);
  const [a, b] = [await authority(), await authority()];
  const { privateKeyPem } = await make("PrivateKey", { algorithm: "ED25519" });
  const { certRequestPem } = await make("CertRequest", { privateKeyPem: privateKeyPem! });
  assert.deepEqual(
    failures("LocallySignedCert", { ...leafInputs, ...a, caCertPem: b.caCertPem, certRequestPem: certRequestPem! }),
    ["caCertPem: caPrivateKeyPem is not the private key of caCertPem"],
  );
  const forged = String(certRequestPem).replace(
    /(\n.{20})(.)/,
    (_, before: string, char: string) => before + (char === "A" ? "B" : "A"),
  );
  assert.equal(failures("LocallySignedCert", { ...leafInputs, ...a, certRequestPem: forged }).length, 1);
});

test("DER: integers, object identifiers and times in their shortest forms", () => {
  assert.equal(integer(Buffer.from([0, 0, 0x80])).toString("hex"), "02020080");
  assert.equal(oid("1.2.840.113549.1.1.11").toString("hex"), "06092a864886f70d01010b");
  assert.equal(time(new Date("2049-12-31T23:59:59Z")).subarray(2).toString(), "491231235959Z");
  assert.equal(time(new Date("2050-01-01T00:00:00Z")).subarray(2).toString(), "20500101000000Z");
});

test("DER: no input makes the reader hang or read beyond its end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        for (const { raw } of read(Buffer.from(bytes))) assert.ok(raw.length >= 2);
      } catch (error) {
        assert.match((error as Error).message, /^not DER: /);
      }
    }),
  );
});
