import assert from "node:assert/strict";
import { test } from "node:test";
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
  const passwords = (from: Plan) => from.of("random:index/randomPassword:RandomPassword").map(({ name }) => name);
  assert.ok(passwords(update).includes("talk-web-beam-cookie-password-g1"));
  const second = passwords(await planned({ cluster: { kind: "beam", cookieGeneration: 2 } }));
  assert.ok(second.includes("talk-web-beam-cookie-password-g2"));
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
