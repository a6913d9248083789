import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { kubeconfig } from "../../../sandbox/nodes/kubeconfig";
import { Authority } from "../../../sandbox/nodes/pki";

const folder = mkdtempSync(join(tmpdir(), "pki-"));
after(() => rmSync(folder, { recursive: true }));
const node = {
  file: "kubelet",
  commonName: "system:node:node-1",
  organization: "system:nodes",
  hosts: ["node-1", "10.213.0.11"],
};

test("a certificate names its user, group and hosts, and its authority vouches for it", async () => {
  const authority = await Authority.open(folder);
  const pair = await authority.issue(node);
  const found = new X509Certificate(readFileSync(pair.certificate));
  const issuer = new X509Certificate(readFileSync(authority.certificate));
  assert.deepEqual(found.subject.split("\n").sort(), ["CN=system:node:node-1", "O=system:nodes"]);
  assert.equal(found.subjectAltName, "DNS:node-1, IP Address:10.213.0.11");
  assert.ok(found.verify(issuer.publicKey) && issuer.ca && !found.ca);
});

test("keys and certificates can be read by their owner alone", async () => {
  const pair = await (await Authority.open(folder)).issue(node);
  for (const file of [pair.key, pair.certificate, join(folder, "ca.key")]) {
    assert.equal(statSync(file).mode & 0o777, 0o600, file);
  }
  assert.equal(statSync(folder).mode & 0o077, 0);
});

test("what is there and good stays; other hosts get another certificate", async () => {
  const authority = await Authority.open(folder);
  const read = async (hosts: string[]) => readFileSync((await authority.issue({ ...node, hosts })).certificate, "utf8");
  const first = await read(node.hosts);
  assert.equal(await read(node.hosts), first);
  assert.notEqual(await read([...node.hosts, "10.213.0.12"]), first);
});

test("an identity that two nodes ask for at once is made once, and a certificate of another key is made anew", async () => {
  const authority = await Authority.open(folder);
  const shared = { file: "shared", commonName: "system:kube-proxy" };
  const pairs = await Promise.all([authority.issue(shared), authority.issue(shared), authority.issue(shared)]);
  const belongs = () =>
    new X509Certificate(readFileSync(pairs[0]!.certificate)).checkPrivateKey(
      createPrivateKey(readFileSync(pairs[0]!.key)),
    );
  assert.ok(belongs());
  // What a run leaves that was killed between the key and the certificate.
  writeFileSync(pairs[0]!.key, readFileSync(join(folder, "ca.key")));
  assert.ok(!belongs());
  await authority.issue(shared);
  assert.ok(belongs());
});

test("the keys for tokens belong together", async () => {
  const { key, certificate } = (await Authority.open(folder)).tokenKeys();
  const derived = createPublicKey(readFileSync(key)).export({ type: "spki", format: "pem" });
  assert.equal(derived, readFileSync(certificate, "utf8"));
});

test("a kubeconfig holds everything itself", async () => {
  const authority = await Authority.open(folder);
  const text = kubeconfig("https://10.213.0.2:6443", authority.certificate, await authority.issue(node));
  assert.match(text, /^current-context: switchboard-local$/m);
  assert.ok(text.includes(readFileSync(authority.certificate).toString("base64")));
  assert.ok(!text.includes(folder));
});
