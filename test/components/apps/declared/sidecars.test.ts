import assert from "node:assert/strict";
import { test } from "node:test";
import { podDemands } from "../../../../components/network/podDemands";
import { capacity } from "../../../../components/settings/checks/capacity";
import { secretKey } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { parse } from "../../settings/stack";
import { called, planOfShop, podOf, problemsOfShop, shop } from "./shop";

const nginx = () => ({
  image: "registry.example/nginx:1.22",
  command: ["nginx", "-c", "/etc/nginx/shop.conf"],
  ports: { tls: 8443 },
  stopSeconds: 15,
  files: ["/etc/nginx/shop.conf"],
  mounts: { "/var/cache/nginx": "cache" },
  env: { LEVEL: "warn" },
});
const withNginx = (app: any) => {
  app.files = { "/etc/nginx/shop.conf": { text: "events {}\n" }, "/etc/shop.yaml": { text: "a: b\n" } };
  app.volumes = { cache: { storage: "96Mi" } };
  Object.assign(app.processes.web, {
    servicePort: "tls",
    route: { host: "shop.example.com" },
    sidecars: { nginx: nginx(), agent: { image: "registry.example/agent:2", user: 4321 } },
  });
};

test("a sidecar is native, of its own image, with what it names of the app's files and volumes", async () => {
  const update = await planOfShop(withNginx);
  const { initContainers, volumes, containers } = podOf(update, "web");
  assert.deepEqual(
    initContainers.map(({ name, image, restartPolicy }: any) => [name, image, restartPolicy]),
    [
      ["nginx", "registry.example/nginx:1.22", "Always"],
      ["agent", "registry.example/agent:2", "Always"],
    ],
  );
  const [proxy, agent] = initContainers;
  assert.deepEqual(proxy.command, ["nginx", "-c", "/etc/nginx/shop.conf"]);
  assert.deepEqual(proxy.ports, [{ name: "tls", containerPort: 8443, protocol: "TCP" }]);
  // Asked at its only port, so that the process starts when it serves.
  assert.deepEqual(proxy.startupProbe.tcpSocket, { port: "tls" });
  assert.equal(agent.startupProbe, undefined);
  assert.deepEqual(
    proxy.volumeMounts.map(({ name, mountPath }: any) => [name, mountPath]),
    [
      ["tmp-nginx", "/tmp"],
      ["files", "/etc/nginx/shop.conf"],
      ["volume-cache", "/var/cache/nginx"],
    ],
  );
  for (const name of ["tmp", "tmp-nginx", "tmp-agent"]) assert.ok(called(volumes, name).emptyDir, name);
  assert.ok(called(volumes, "volume-cache").emptyDir, "it is there although the process does not mount it");
  assert.equal(called(containers[0].volumeMounts, "volume-cache"), undefined);
  // It has none of the app's variables, and says whose pod it is.
  assert.deepEqual(
    proxy.env.map(({ name }: any) => name),
    ["STAGE", "POD_NAME", "LEVEL"],
  );
  assert.equal(agent.securityContext.runAsUser, 4321);
  assert.equal(proxy.securityContext.runAsUser, undefined);
  for (const { securityContext } of initContainers) assert.equal(securityContext.readOnlyRootFilesystem, true);
});

test("its port is what NGINX, the Service and the network policies lead to, and the process keeps its own", async () => {
  const update = await planOfShop(withNginx);
  const service = update.named("kubernetes:core/v1:Service", "shop-web-service").inputs.spec;
  assert.deepEqual(
    service.ports.map(({ port, targetPort }: any) => [port, targetPort]),
    [[8443, 8443]],
  );
  const policy = update.named("kubernetes:networking.k8s.io/v1:NetworkPolicy", "policies-shop-web").inputs.spec;
  assert.deepEqual(policy.ingress[0].ports, [{ protocol: "TCP", port: 8443 }]);
  const conf = update.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
  assert.match(conf, /server shop-web:8443 /);
  const [web] = podOf(update, "web").containers;
  assert.deepEqual(web.ports, [{ name: "http", containerPort: 3000, protocol: "TCP" }]);
  assert.equal(called(web.env, "PORT").value, "3000");
});

test("a sidecar that ends TLS gets the certificate, and the process behind it is asked in plain HTTP", async () => {
  const update = await planOfShop((app) => {
    withNginx(app);
    Object.assign(app.processes.web, { tls: "platform", probe: { kind: "http", ready: "/up" } });
    Object.assign(app.processes.web.sidecars.nginx, { probe: { kind: "http", ready: "/nginx" } });
  });
  const { initContainers, containers, volumes } = podOf(update, "web");
  const [proxy, agent] = initContainers;
  const folder = (container: any) => container.volumeMounts.find(({ name }: any) => name === "tls")?.mountPath;
  assert.equal(called(proxy.env, "TLS_KEY_FILE").value, `${folder(proxy)}/tls.key`);
  assert.ok(called(volumes, "tls").secret);
  for (const other of [agent, containers[0]]) {
    assert.equal(folder(other), undefined, other.name);
    assert.equal(called(other.env, "TLS_KEY_FILE"), undefined, other.name);
  }
  assert.equal(proxy.readinessProbe.httpGet.scheme, "HTTPS");
  assert.equal(containers[0].readinessProbe.httpGet.scheme, undefined);
  const conf = update.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
  assert.match(conf, /proxy_pass https:\/\/shop-web/);
  assert.match(conf, /proxy_ssl_name shop-web;/);
});

test("a process without a port may have its Service by a sidecar's", async () => {
  const update = await planOfShop((app) => {
    withNginx(app);
    delete app.processes.web.port;
  });
  assert.equal(update.named("kubernetes:core/v1:Service", "shop-web-service").inputs.spec.ports[0].port, 8443);
  const pod = podOf(update, "web");
  assert.equal(pod.containers[0].lifecycle.preStop.sleep.seconds, 15, "requests come until it is out of the Service");
});

test("the pod may take as long as the process and then each sidecar", async () => {
  const update = await planOfShop(withNginx);
  // New requests, the process, two sidecars one after the other, and the reserve.
  assert.equal(podOf(update, "web").terminationGracePeriodSeconds, 15 + 30 + 15 + 10 + 10);
  const [problem] = problemsOfShop((app) => {
    withNginx(app);
    app.processes.web.sidecars.nginx.stopSeconds = 290;
  });
  assert.match(
    problem!,
    /^apps\.shop\.processes\.web\.stopSeconds: a pod may take 15 \+ 30 \+ 290 \+ 10 \+ 10 = 355 seconds to stop, longer than operations\.rolloutTimeoutSeconds \(300\)/,
  );
});

test("its secret variables are in a Secret of its own", async () => {
  const update = await planOfShop(
    (app) => {
      withNginx(app);
      app.processes.web.sidecars.agent.secretEnv = { AGENT_KEY: "key-of-the-agent" };
    },
    { secretKeys: [layerKey("apps")] },
  );
  const secret = update.named("kubernetes:core/v1:Secret", "shop-web-agent-given-secret").inputs;
  assert.ok(secretKey in secret.stringData || secretKey in secret.stringData.AGENT_KEY);
  const agent = called(podOf(update, "web").initContainers, "agent");
  assert.equal(called(agent.env, "AGENT_KEY").valueFrom.secretKeyRef.key, "AGENT_KEY");
  assert.equal(called(podOf(update, "web").containers[0].env, "AGENT_KEY"), undefined);
});

test("the quota and the check of the nodes count it", () => {
  const settings = (sidecars: object) =>
    parse((raw) => {
      const app: any = shop();
      app.processes.web.sidecars = sidecars;
      raw.apps = { shop: app };
    });
  const agent = { image: "registry.example/agent:2", resources: { cpu: "30m", memory: "100Mi", tmpSize: "80Mi" } };
  const demand = (from: ReturnType<typeof parse>, who: string) =>
    podDemands(from as never).find((one) => one.who === who)!;
  const [without, with_] = [settings({}), settings({ agent })];
  for (const who of ["apps.shop.processes.web", "people"]) {
    const [before, after] = [demand(without, who), demand(with_, who)];
    assert.equal(after.requests.cpu - before.requests.cpu, 30, who);
    assert.equal(after.limits.memory - before.limits.memory, 100 * 2 ** 20, who);
    // Its log and its `/tmp`.
    assert.equal(after.limits.storage - before.limits.storage, (128 + 80) * 2 ** 20, who);
  }
  const worker = "apps.shop.processes.worker";
  assert.deepEqual(demand(without, worker), demand(with_, worker));

  const told = (memory: string) => {
    const { apps, edge } = settings({ agent: { ...agent, resources: { memory } } });
    const pools = { apps: { role: "apps", machineType: "e2-standard-2", min: 1, max: 1, taints: [] } };
    const found: any = { errors: [], refuseInProduction: () => {} };
    capacity({ apps, edge, cluster: { kind: "gke", pools } } as never, found, new Date());
    return found.errors.join();
  };
  assert.equal(told("64Mi"), "");
  assert.match(
    told("7Gi"),
    /^apps\.shop\.processes\.web\.resources\.memory: "7\.1Gi" for each pod is more than a node has/,
  );
});

test("what is wrong with one is told with its name and what to do", () => {
  const at = "apps.shop.processes.web.sidecars.nginx";
  const cases: [change: (nginx: any, web: any, app: any) => void, told: string][] = [
    [(one) => delete one.image, `${at}.image: is not set; add it to Pulumi.dev.yaml (any image)`],
    [
      (one) => (one.image = "nginx"),
      `${at}.image: "nginx" has no tag; name the version, e.g. "nginx:1.2.3", so that a release is a change of settings`,
    ],
    [(one) => (one.command = []), `${at}.command: is empty; give the program and its arguments`],
    [(one) => (one.user = 0), `${at}.user: 0 is too small; use a whole number from 1 to 65535`],
    [
      (one) => (one.ports = { http: 8443 }),
      `${at}.ports.http: "http" is the port of the process itself; use another name, e.g. "tls"`,
    ],
    [
      (one) => (one.ports = { TLS: 8443 }),
      `${at}.ports.TLS: "TLS" is not the name of a port; use lower-case letters, digits and "-"`,
    ],
    [
      (one) => (one.ports = { "a-very-long-name": 8443 }),
      `${at}.ports.a-very-long-name: "a-very-long-name" has 16 characters; use at most 15`,
    ],
    [(one) => (one.ports = { tls: 3000 }), `${at}.ports.tls: 3000 is also port of the same pod; use another`],
    [
      (_one, web) => (web.sidecars.agent.ports = { more: 8443 }),
      "apps.shop.processes.web.sidecars.agent.ports.more: 8443 is also sidecars.nginx.ports.tls of the same pod; use another",
    ],
    [
      (_one, web) => (web.sidecars.agent.ports = { tls: 9000 }),
      "apps.shop.processes.web.sidecars.agent.ports.tls: is also the name of a port of sidecars.nginx; use another",
    ],
    [
      (one) => (one.probe = { kind: "http", ready: "/", port: "tsl" }),
      `${at}.probe.port: "tsl" is not one of ports; did you mean tls?`,
    ],
    [
      (one) => {
        one.ports.more = 9000;
        one.probe = { kind: "tcp" };
      },
      `${at}.probe.kind: "tcp" asks a port; name it in probe.port (tls, more)`,
    ],
    [
      (_one, web) => (web.sidecars.agent.probe = { kind: "tcp" }),
      'apps.shop.processes.web.sidecars.agent.probe.kind: "tcp" asks a port; add one to ports',
    ],
    [
      (one) => (one.files = ["/etc/nginx/shop.cnf"]),
      `${at}.files[0]: "/etc/nginx/shop.cnf" is not one of the app's files; did you mean /etc/nginx/shop.conf?`,
    ],
    [
      (one) => (one.mounts = { "/var/cache/nginx": "cach" }),
      `${at}.mounts["/var/cache/nginx"]: "cach" is not one of volumes; did you mean cache?`,
    ],
    [
      (one) => (one.mounts = { "/etc/nginx/shop.conf": "cache" }),
      `${at}.mounts["/etc/nginx/shop.conf"]: meets the file "/etc/nginx/shop.conf" of files; use another path`,
    ],
    [
      (one) => (one.env = { API_KEY: "x" }),
      `${at}.env.API_KEY: looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path ${at}.secretEnv.API_KEY`,
    ],
    [(one) => (one.env = { STAGE: "x" }), `${at}.env.STAGE: is set by the platform; remove it or use another name`],
    [
      (one) => (one.secretEnv = { A_KEY: "x" }),
      `${at}.secretEnv.A_KEY: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${at}.secretEnv.A_KEY`,
    ],
    [(one) => (one.stopSeconds = 0), `${at}.stopSeconds: 0 is too small; use a whole number from 1 to 3600 seconds`],
    [
      (_one, web) => (web.sidecars.web = web.sidecars.agent),
      "apps.shop.processes.web.sidecars.web: is the name of another container of the pod; use another",
    ],
    [
      (_one, web) => (web.servicePort = "tsl"),
      'apps.shop.processes.web.servicePort: "tsl" is no port of its sidecars; did you mean tls?',
    ],
    [
      (_one, web) => {
        delete web.port;
        delete web.servicePort;
      },
      "apps.shop.processes.web.route: leads to no port; set apps.shop.processes.web.port, or remove route",
    ],
    [
      (_one, _web, app) => (app.processes.worker.probe = { kind: "tcp" }),
      'apps.shop.processes.worker.probe.kind: "tcp" asks a port, and it has none; set port',
    ],
  ];
  const told = (change: (nginx: any, web: any, app: any) => void) =>
    problemsOfShop((app) => {
      withNginx(app);
      change(app.processes.web.sidecars.nginx, app.processes.web, app);
    });
  assert.deepEqual(
    told(() => {}),
    [],
  );
  for (const [change, sentence] of cases)
    assert.ok(told(change).includes(sentence), `${sentence}\n${told(change).join("\n")}`);
});

test("the value of a secret variable of one is in no message", () => {
  const found = problemsOfShop((app) => {
    withNginx(app);
    app.processes.web.sidecars.nginx.secretEnv = { PIN: 918273 };
  });
  assert.match(found.join(), /sidecars\.nginx\.secretEnv\.PIN/);
  assert.doesNotMatch(found.join(), /918273/);
});
