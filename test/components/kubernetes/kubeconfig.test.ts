import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readKubeconfig, readKubeconfigs } from "../../../components/kubernetes/kubeconfig";
import { Problem } from "../../../components/schema/fields";

const folder = mkdtempSync(join(tmpdir(), "switchboard-kubeconfig-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const config = `
apiVersion: v1
kind: Config
current-context: other
clusters:
  - { name: c, cluster: { server: "https://10.0.0.1:6443", certificate-authority: pki/ca.pem } }
  - { name: broken, cluster: { server: "10.0.0.1" } }
users:
  - { name: u, user: { client-key: /abs/key.pem, client-certificate: cert.pem } }
  - { name: cloud, user: { exec: { command: cloud-auth-plugin, installHint: "Get it from the vendor" } } }
contexts:
  - { name: here, context: { user: u, cluster: c, namespace: x } }
  - { name: cloud, context: { cluster: c, user: cloud } }
  - { name: half, context: { user: u } }
  - { name: ghost, context: { cluster: c, user: nobody } }
  - { name: broken, context: { cluster: broken, user: u } }
`;
const read = (context: string, text = config, path = "/nowhere") =>
  readKubeconfig([{ path: "/home/me/.kube/config", text }], context, path);

/** What a wrong kubeconfig is told: the key and the message. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return `${error.key}: ${error.message}`;
    throw error;
  }
  return "no error";
}

test("a kubeconfig is cut down to one context, sorted, with absolute paths", () => {
  const { text, server, user } = read("here");
  assert.equal(server, "https://10.0.0.1:6443");
  assert.equal(user, "certificate");
  assert.equal(
    text,
    JSON.stringify({
      apiVersion: "v1",
      clusters: [
        {
          cluster: { "certificate-authority": "/home/me/.kube/pki/ca.pem", server: "https://10.0.0.1:6443" },
          name: "c",
        },
      ],
      contexts: [{ context: { cluster: "c", namespace: "x", user: "u" }, name: "here" }],
      "current-context": "here",
      kind: "Config",
      users: [{ name: "u", user: { "client-certificate": "/home/me/.kube/cert.pem", "client-key": "/abs/key.pem" } }],
    }),
  );
});

test("the order of a kubeconfig's keys and other contexts do not change the text", () => {
  const other = config
    .replace("user: u, cluster: c, namespace: x", "namespace: x, cluster: c, user: u")
    .replace("broken", "b2");
  assert.equal(read("here", other).text, read("here").text);
});

test("entries come from several files, each with its own folder, and the first of a name counts", () => {
  const files = [
    { path: "/a/config", text: "contexts: [{ name: here, context: { cluster: c } }]" },
    {
      path: "/b/config",
      text: "clusters: [{ name: c, cluster: { server: 'https://b', certificate-authority: ca.pem } }]",
    },
    { path: "/c/config", text: "clusters: [{ name: c, cluster: { server: 'https://c' } }]" },
  ];
  const { text, server, user } = readKubeconfig(files, "here", "");
  assert.equal(server, "https://b");
  assert.equal(user, "none");
  assert.equal(JSON.parse(text).clusters[0].cluster["certificate-authority"], "/b/ca.pem");
});

test("a credential plugin is looked for on PATH, or beside the kubeconfig when it is a path", () => {
  const plugin = join(folder, "cloud-auth-plugin");
  writeFileSync(plugin, "#!/bin/sh\n");
  chmodSync(plugin, 0o755);
  assert.equal(read("cloud", config, `/nowhere:${folder}`).user, "exec");
  const beside = config.replace("command: cloud-auth-plugin", "command: ./cloud-auth-plugin");
  const { text } = readKubeconfig([{ path: join(folder, "config"), text: beside }], "cloud", "");
  assert.equal(JSON.parse(text).users[0].user.exec.command, plugin);
});

const home = "/home/me/.kube/config";
const wrong: [run: () => unknown, told: string][] = [
  [() => read("there"), `context: "there" is not in ${home}; use one of here, cloud, half, ghost, broken`],
  [() => read("there", "clusters: []"), `context: "there" is not in ${home}; it names no context`],
  [
    () => read("half"),
    `context: "half" leads to cluster nothing, which has no server in ${home}; add the cluster, or use another context`,
  ],
  [
    () => read("ghost"),
    `context: "ghost" names user "nobody", who is not in ${home}; add the user, or use another context`,
  ],
  [
    () => read("broken"),
    `context: "broken" leads to cluster "broken", whose server "10.0.0.1" in ${home} is not a URL; correct it`,
  ],
  [
    () => read("cloud"),
    'context: "cloud" gets its credentials from "cloud-auth-plugin", which is not on PATH; install it (Get it from the vendor)',
  ],
  [() => read("here", "- a\n- b"), `kubeconfig: "${home}" holds no clusters and contexts; name a kubeconfig`],
  [() => read("here", "just text"), `kubeconfig: "${home}" holds no clusters and contexts; name a kubeconfig`],
  [
    () => readKubeconfigs(["/nowhere/config"], "here", ""),
    'kubeconfig: "/nowhere/config" is not a file; set cluster.kubeconfig or KUBECONFIG to the file that names context "here"',
  ],
];
for (const [run, told] of wrong) test(told, () => assert.equal(refusal(run), told));

test("a file that is not YAML is named with the line, and no text of it is shown", () => {
  const told = refusal(() => read("here", "users:\n  - token: 'hunter2\n  x: }"));
  assert.match(
    told,
    /^kubeconfig: "\/home\/me\/\.kube\/config" is not YAML \([A-Z_]+ in line \d+\); repair it or name another file$/,
  );
  assert.doesNotMatch(told, /hunter2/);
});

test("missing files are passed over while another is there", () => {
  const path = join(folder, "config");
  writeFileSync(
    path,
    "contexts: [{ name: here, context: { cluster: c } }]\nclusters: [{ name: c, cluster: { server: 'https://c' } }]",
  );
  assert.equal(readKubeconfigs(["/nowhere/config", path], "here", "").server, "https://c");
});

test("a key or certificate in a file that is not there is named before anything is done", () => {
  const path = join(folder, "incomplete");
  writeFileSync(path, config);
  assert.equal(
    refusal(() => readKubeconfigs([path], "here", "")),
    `context: "here" names certificate-authority "${join(folder, "pki/ca.pem")}", which cannot be read (ENOENT); put the file there, or use another context`,
  );
});

test("what cannot be a path is no file, and is told as one that is missing", () => {
  for (const path of [`/${"x".repeat(5000)}`, "/a\0b"]) {
    assert.throws(() => readKubeconfigs([path], "any", ""), /is not a file; set cluster.kubeconfig or KUBECONFIG/);
  }
});
