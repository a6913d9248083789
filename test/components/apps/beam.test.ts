import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { smallConfig } from "../../support/config";
import { type Plan, plan } from "../../support/plan";
import { layerKey } from "../../support/project";
import { problems } from "../settings/stack";

const apps = (change: object = {}) => ({
  talk: {
    image: "registry.example/talk:1",
    processes: { web: { port: 4000, replicas: 2, cluster: { kind: "beam" }, ...change }, worker: {} } as Record<
      string,
      any
    >,
    env: {} as Record<string, string>,
  },
});
const planned = (change: object = {}) =>
  plan({ ...smallConfig(), [layerKey("apps")]: apps(change) }, { preview: false });
const container = (from: Plan, name: string) =>
  from.named("kubernetes:apps/v1:Deployment", `${name}-deployment`).inputs.spec.template.spec.containers[0];
const pods = (name: string, component: string) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component } },
});
const tcp = (port: number) => [{ protocol: "TCP", port }];

test("each pod is a node: it has a name, the cookie, the others' names and one port", async () => {
  const update = await planned();
  const { env, ports, volumeMounts } = container(update, "talk-web");
  const variables = Object.fromEntries(env.map((entry: any) => [entry.name, entry.value ?? entry.valueFrom]));
  assert.equal(variables.POD_IP.fieldRef.fieldPath, "status.podIP");
  assert.equal(variables.RELEASE_NODE, "talk@$(POD_IP)");
  assert.equal(variables.RELEASE_DISTRIBUTION, "name");
  assert.equal(variables.DNS_CLUSTER_QUERY, "talk-web-beam-headless.switchboard.svc.cluster.local");
  assert.equal(variables.RELEASE_COOKIE.secretKeyRef.key, "cookie");
  const names = env.map(({ name }: any) => name);
  assert.ok(names.indexOf("POD_IP") < names.indexOf("RELEASE_NODE"), "Kubernetes knows only what stands before");
  assert.deepEqual(ports, [
    { name: "http", containerPort: 4000, protocol: "TCP" },
    { name: "dist", containerPort: 9100, protocol: "TCP" },
  ]);
  assert.deepEqual(
    volumeMounts.filter(({ name }: any) => name.startsWith("node-tls")).map(({ mountPath }: any) => mountPath),
    ["/run/secrets/node-tls", "/run/secrets/distribution"],
  );
  const { spec } = update.named("kubernetes:core/v1:Service", "talk-web-beam-headless-service").inputs;
  assert.deepEqual([spec.clusterIP, spec.publishNotReadyAddresses, spec.ports[0].port], ["None", true, 9100]);
  const others = container(update, "talk-worker").env.map(({ name }: any) => name);
  assert.equal(
    others.some((name: string) => /^RELEASE_|ERL_/.test(name)),
    false,
  );
  // A new generation is another cookie.
  const cookie = (from: Plan) =>
    from.named("random:index/randomPassword:RandomPassword", "talk-web-beam-cookie-password").inputs.keepers.generation;
  assert.equal(cookie(update), "1");
  assert.equal(cookie(await planned({ cluster: { kind: "beam", cookieGeneration: 2 } })), "2");
});

test("only nodes and consoles of the app reach the port of its nodes", async () => {
  const update = await planned();
  const policy = (name: string) =>
    update.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", `policies-${name}`).inputs.spec;
  const ingress = policy("talk-web").ingress.filter(({ ports }: any) => ports[0].port === 9100);
  assert.deepEqual(ingress, [
    { from: [pods("talk", "web")], ports: tcp(9100) },
    { from: [pods("talk", "console")], ports: tcp(9100) },
  ]);
  assert.deepEqual(policy("talk-web").egress, [{ to: [pods("talk", "web")], ports: tcp(9100) }]);
  assert.deepEqual(policy("talk-console").egress, [{ to: [pods("talk", "web")], ports: tcp(9100) }]);
});

test("what does not go together with a cluster is told", () => {
  const wrong = (change: (app: any) => void) => {
    const given = apps();
    change(given.talk);
    return problems((raw) => (raw.apps = given));
  };
  assert.deepEqual(
    wrong(() => {}),
    [],
  );
  const cases: [(app: any) => void, string][] = [
    [
      ({ processes }) => (processes.web.port = 9100),
      "apps.talk.processes.web.port: 9100 is where its nodes connect to each other (cluster.kind beam); use another port",
    ],
    [
      ({ processes }) =>
        (processes.web.sidecars = { agent: { image: "registry.example/agent:1", ports: { metrics: 9100 } } }),
      "apps.talk.processes.web.sidecars.agent.ports.metrics: 9100 is where its nodes connect to each other (cluster.kind beam); use another port",
    ],
    [
      ({ env }) => (env.ERL_AFLAGS = "+S 2"),
      'apps.talk.env.ERL_AFLAGS: is set by the platform for processes with a cluster ("web"); remove it, or use ERL_ZFLAGS',
    ],
    [
      ({ env }) => (env.DNS_CLUSTER_QUERY = "x"),
      'apps.talk.env.DNS_CLUSTER_QUERY: is set by the platform for processes with a cluster ("web"); remove it',
    ],
    [
      ({ env }) => (env.RELEASE_NODE = "x"),
      "apps.talk.env.RELEASE_NODE: is set by the platform; remove it or use another name",
    ],
    [
      ({ processes }) => (processes.web.cluster.kind = "bean"),
      'apps.talk.processes.web.cluster.kind: "bean" is not supported; use beam',
    ],
    [
      ({ processes }) => (processes.web.cluster.cookieGeneration = 0),
      "apps.talk.processes.web.cluster.cookieGeneration: 0 is too small; use a whole number from 1 to 1000000",
    ],
  ];
  for (const [change, expected] of cases) {
    const found = wrong(change);
    assert.ok(found.includes(expected), `${expected}\n${found.join("\n") || "nothing"}`);
  }
  // Without a cluster the flags are the app's own.
  assert.deepEqual(
    wrong(({ env, processes }) => {
      env.ERL_AFLAGS = "+S 2";
      delete processes.web.cluster;
    }),
    [],
  );
});

const folder = mkdtempSync(join(tmpdir(), "switchboard-beam-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** An authority and a certificate of it, as `ServerTls` makes them: for the Service's name, and no address. */
function nodeTls(name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: made });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...ec, "-days", "2", "-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", "ca.crt");
  openssl(
    "req",
    ...ec,
    "-subj",
    "/CN=talk-web",
    "-addext",
    "subjectAltName=DNS:talk-web",
    "-keyout",
    "tls.key",
    "-out",
    "csr",
  );
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy", "-days", "2"];
  openssl("x509", "-req", "-in", "csr", ...signed, "-out", "tls.crt");
  return made;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

test("real nodes with these flags join by TLS with the cluster's cookie and authority, and with no other", async () => {
  const update = await planned();
  const { value: flags } = container(update, "talk-web").env.find(({ name }: any) => name === "ERL_AFLAGS");
  const conf = update.named("kubernetes:core/v1:ConfigMap", "talk-web-beam-tls-config").inputs.data["dist-tls.conf"];
  const port = String(await freePort());
  /** Arguments and environment of a node as a release's script starts it. Each has an address, as each pod has. */
  const node = (name: string, address: string, tls: string, cookie: string, run: string) => {
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, conf.replaceAll("/run/secrets/node-tls", tls));
    const own = flags.replace("9100", port).replace("/run/secrets/distribution/dist-tls.conf", file);
    const bound = ["-kernel", "inet_dist_use_interface", `{${address.replaceAll(".", ",")}}`];
    return {
      args: ["-noinput", ...bound, "-name", `talk@${address}`, "-setcookie", cookie, "-eval", run],
      env: { ...process.env, HOME: folder, ERL_AFLAGS: own },
    };
  };
  const [right, other] = [nodeTls("right"), nodeTls("other")];
  const first = node("first", "127.0.0.2", right, "one-cookie", 'io:format("up~n").');
  const running = spawn("erl", first.args, { env: first.env, stdio: ["ignore", "pipe", "ignore"] });
  try {
    await once(running.stdout, "data");
    const joins = async (tls: string, cookie: string) => {
      const run = "io:format(\"~p~n\", [net_kernel:connect_node('talk@127.0.0.2')]), halt().";
      const { args, env } = node("second", "127.0.0.3", tls, cookie, run);
      const { stdout } = await promisify(execFile)("erl", args, { env });
      return /^(true|false)$/m.exec(stdout)?.[0];
    };
    assert.equal(await joins(right, "one-cookie"), "true");
    assert.equal(await joins(other, "one-cookie"), "false");
    assert.equal(await joins(right, "other-cookie"), "false");
  } finally {
    running.kill("SIGKILL");
    await once(running, "exit");
  }
});
