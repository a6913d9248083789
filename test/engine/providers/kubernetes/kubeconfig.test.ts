import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readKubeconfig } from "../../../../engine/providers/kubernetes/kubeconfig";
import { temporaryFolder } from "../../../../lib/temporary";

function config(user: object, cluster: object = {}): string {
  return JSON.stringify({
    contexts: [
      { name: "a", context: { cluster: "c", user: "u", namespace: "ns" } },
      { name: "broken", context: { cluster: "missing", user: "u" } },
    ],
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443", ...cluster } }],
    users: [{ name: "u", user }],
    "current-context": "a",
  });
}

test("a kubeconfig's text gives server, namespace and credentials", async () => {
  const data = (text: string) => Buffer.from(text).toString("base64");
  const user = { "client-certificate-data": data("CERT"), "client-key-data": data("KEY") };
  const connection = readKubeconfig(config(user, { "certificate-authority-data": data("CA") }), undefined);
  assert.equal(connection.server.href, "https://10.0.0.1:6443/");
  assert.deepEqual([connection.context, connection.namespace, connection.ca], ["a", "ns", "CA"]);
  assert.deepEqual(await connection.credentials(), { cert: "CERT", key: "KEY", token: undefined, basic: undefined });
});

test("a kubeconfig's path works too; files in it are relative to it, and a token file is read anew each time", async () => {
  const folder = temporaryFolder("kubeconfig");
  const token = join(folder, "token");
  writeFileSync(join(folder, "ca.pem"), "CA");
  writeFileSync(token, "one\n");
  writeFileSync(join(folder, "config"), config({ tokenFile: token }, { "certificate-authority": "ca.pem" }));
  const connection = readKubeconfig(join(folder, "config"), "a");
  assert.equal(connection.ca, "CA");
  assert.equal((await connection.credentials()).token, "one");
  writeFileSync(token, "two\n");
  assert.equal((await connection.credentials()).token, "two");
});

test("a credential plugin is run once until its token expires", async () => {
  const folder = temporaryFolder("kubeconfig");
  const counter = join(folder, "calls");
  const credential = (expiry: string) =>
    JSON.stringify({ kind: "ExecCredential", status: { token: "t", expirationTimestamp: expiry } });
  const connection = (expiry: string) => {
    const script = `echo x >> ${counter}; echo '${credential(expiry)}'`;
    return readKubeconfig(config({ exec: { command: "sh", args: ["-c", script] } }), undefined);
  };
  const calls = () => readFileSync(counter, "utf8").trim().split("\n").length;
  const lasting = connection(new Date(Date.now() + 3_600_000).toISOString());
  assert.equal((await lasting.credentials()).token, "t");
  await lasting.credentials();
  assert.equal(calls(), 1);
  const expired = connection(new Date(Date.now() - 1000).toISOString());
  await expired.credentials();
  await expired.credentials();
  assert.equal(calls(), 3);
});

test("what is wrong with a kubeconfig is said in words", async () => {
  assert.throws(() => readKubeconfig("/nowhere/config", undefined), /kubeconfig: there is no file \/nowhere\/config/);
  assert.throws(() => readKubeconfig(config({}), "prod"), /there is no context "prod"; it has a, broken/);
  assert.throws(() => readKubeconfig(config({}), "broken"), /there is no cluster "missing"; it has c/);
  assert.throws(() => readKubeconfig("a: [\n", undefined), /neither YAML nor JSON/);
  assert.throws(() => readKubeconfig("just\ntext", undefined), /no list of contexts/);
  const missing = readKubeconfig(config({ exec: { command: "no-such-plugin", installHint: "get it" } }), undefined);
  await assert.rejects(missing.credentials(), /credential plugin no-such-plugin failed: it is not installed; get it/);
});
