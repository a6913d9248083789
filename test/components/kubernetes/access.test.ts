import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { kubectlWords, ownApiServer, useContextWords, wayToCluster } from "../../../components/kubernetes/access";
import { Problem } from "../../../components/schema/fields";

const root = mkdtempSync(join(tmpdir(), "switchboard-way-"));
after(() => rmSync(root, { recursive: true, force: true }));
const home = join(root, "home");
mkdirSync(join(home, ".kube"), { recursive: true });

function file(path: string, server: string, context = "lab"): string {
  const text = {
    clusters: [{ name: server, cluster: { server: `https://${server}` } }],
    contexts: [{ name: context, context: { cluster: server } }],
  };
  writeFileSync(path, JSON.stringify(text));
  return path;
}
file(join(root, "mine"), "mine");
file(join(root, "first"), "first", "other");
file(join(root, "second"), "second");
file(join(home, ".kube", "config"), "home");

const around = { root, home, path: "/nowhere" };
const serverOf = (named: object, more: object = {}) =>
  wayToCluster({ context: "lab", ...named }, { ...around, ...more }).server;

test("the file of the stack counts, then KUBECONFIG with all its files, then the one in the home folder", () => {
  const ambient = { kubeconfig: `${join(root, "gone")}:${join(root, "first")}:${join(root, "second")}` };
  assert.equal(serverOf({ kubeconfig: "mine" }, ambient), "https://mine");
  assert.equal(serverOf({ kubeconfig: "~/.kube/config" }, ambient), "https://home");
  assert.equal(serverOf({}, ambient), "https://second");
  assert.equal(serverOf({ context: "other" }, ambient), "https://first");
  assert.equal(serverOf({}, { kubeconfig: "" }), "https://home");
  assert.equal(serverOf({}), "https://home");
});

test("in a pod without a kubeconfig it is the pod's own cluster, by files that the kubelet renews", () => {
  const serviceAccount = join(root, "account");
  const ownApi = ownApiServer({ KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" });
  const pod = { ...around, home: root, ownApiServer: ownApi, serviceAccount };
  const found = wayToCluster({ context: "in-cluster" }, pod);
  assert.equal(found.server, "https://[fd00::1]:443");
  assert.equal(found.user, "token");
  const { users, clusters } = JSON.parse(found.text);
  assert.deepEqual(users[0].user, { tokenFile: join(serviceAccount, "token") });
  assert.equal(clusters[0].cluster["certificate-authority"], join(serviceAccount, "ca.crt"));
  // Another name, a kubeconfig that is there, and a process that is no pod are what they are elsewhere.
  assert.throws(() => wayToCluster({ context: "lab" }, pod), Problem);
  assert.throws(() => wayToCluster({ context: "in-cluster" }, { ...pod, home }), /"in-cluster" is not in/);
  assert.throws(() => wayToCluster({ context: "in-cluster" }, { ...around, home: root }), Problem);
  assert.equal(ownApiServer({}), undefined);
});

test("commands for people name the file that the stack names, in words that a shell reads as meant", () => {
  assert.equal(kubectlWords({ context: "lab" }), "kubectl --context lab");
  assert.equal(kubectlWords({ context: "lab", kubeconfig: "~/a" }), "kubectl --kubeconfig ~/a --context lab");
  assert.equal(
    useContextWords({ context: "joe's lab", kubeconfig: "my file" }),
    "kubectl --kubeconfig 'my file' config use-context 'joe'\\''s lab'",
  );
});
