import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { placeOf } from "../../../cli/images/place";

const folder = mkdtempSync(join(tmpdir(), "place-"));
const { KUBECONFIG } = process.env;
after(() => {
  if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = KUBECONFIG;
  rmSync(folder, { recursive: true, force: true });
});

function kubeconfig(name: string, context: string, more = ""): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `current-context: ${context}
clusters: [{ name: c-${context}, cluster: { server: "https://127.0.0.1:6443" } }]
contexts: [{ name: ${context}, context: { cluster: c-${context}, user: u${more} } }]
`,
  );
  return path;
}

test("a context's server and maker are read from the kubeconfig that kubectl would read", () => {
  const minikube = kubeconfig(
    "a",
    "team",
    ", extensions: [{ name: context_info, extension: { provider: minikube.sigs.k8s.io, version: v1.37.0 } }]",
  );
  const k3s = kubeconfig("b", "default");
  process.env.KUBECONFIG = [join(folder, "none"), minikube, k3s].join(delimiter);
  const server = "https://127.0.0.1:6443";
  assert.deepEqual(placeOf({ kind: "existing" }), { context: "team", server, provider: "minikube.sigs.k8s.io" });
  assert.deepEqual(placeOf({ kind: "existing", context: "default" }), { context: "default", server });
  assert.deepEqual(placeOf({ kind: "existing", context: "default", kubeconfig: k3s }), {
    context: "default",
    server,
    kubeconfig: k3s,
  });
  assert.deepEqual(placeOf({ kind: "existing", context: "elsewhere" }), { context: "elsewhere" });
});

test("a cluster that the program makes has no place yet", () => {
  process.env.KUBECONFIG = kubeconfig("c", "kind-x");
  assert.deepEqual(placeOf({ kind: "gke" }), {});
});
