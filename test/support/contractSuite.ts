import assert from "node:assert/strict";
import { parse } from "yaml";
import { cloudOf } from "../../components/clouds";
import { type Plan, type Registration, secretKey } from "./plan";
import { podTemplates } from "./pods";

/** What one layer promises to those above it; each is asked of every kind, in the plan of an update. */
type Promises = Readonly<Record<string, (from: Plan, kind: string) => void>>;

/** The container of a Deployment that is its own, not a sidecar. */
function containerOf(from: Plan, deployment: string) {
  return from.named("kubernetes:apps/v1:Deployment", deployment).inputs.spec.template.spec.containers[0];
}

function environmentOf(from: Plan, deployment: string): Record<string, any> {
  return Object.fromEntries(containerOf(from, deployment).env.map((entry: any) => [entry.name, entry]));
}

const named = (volumes: readonly { name: string }[], name: string): any => volumes.find((entry) => entry.name === name);

/** Whether a path is in a file that is mounted from a Secret, and that Secret holds it. */
function assertMounted(from: Plan, deployment: string, path: string): void {
  const { spec } = from.named("kubernetes:apps/v1:Deployment", deployment).inputs.spec.template;
  const folder = path.slice(0, path.lastIndexOf("/"));
  const mount = containerOf(from, deployment).volumeMounts.find((entry: any) => entry.mountPath === folder);
  assert.ok(mount?.readOnly, `${path} is mounted`);
  const { secretName } = named(spec.volumes, mount.name).secret;
  const key = path.slice(path.lastIndexOf("/") + 1);
  const secret = from.of("kubernetes:core/v1:Secret").find((entry) => nameOf(entry) === secretName);
  assert.ok(secret, `there is a Secret ${secretName}`);
  const values = secret.inputs.stringData[secretKey] ?? secret.inputs.stringData;
  assert.ok(values[key], `Secret ${secretName} has ${key}`);
}

/** The name of an object in the cluster, as the offline answers give it. */
function nameOf({ name, inputs }: Registration): string {
  return inputs.metadata.name ?? `${name}-0a1b2c3d`;
}

const cluster: Promises = {
  "has providers that are tied to the cluster itself, with a secret kubeconfig"(from) {
    const providers = from.of("pulumi:providers:kubernetes");
    assert.ok(providers.length >= 1);
    for (const { inputs } of providers) {
      assert.ok(secretKey in inputs.kubeconfig, "the kubeconfig is a secret");
      assert.ok(inputs.clusterIdentifier, "only the identifier replaces what is in the cluster");
      assert.equal(String(inputs.enableServerSideApply), "true");
    }
  },
  "gets credentials from a plugin when they are needed, where the cluster is the stack's own"(from, kind) {
    if (kind === "existing") return;
    for (const { inputs } of from.of("pulumi:providers:kubernetes")) {
      const kubeconfig = parse(inputs.kubeconfig[secretKey]);
      assert.equal(kubeconfig.users.length, 1);
      const [{ user }] = kubeconfig.users;
      assert.deepEqual(Object.keys(user), ["exec"]);
      assert.match(user.exec.apiVersion, /^client\.authentication\.k8s\.io\/v1(beta1)?$/);
      assert.ok(user.exec.command);
      assert.match(kubeconfig.clusters[0].cluster.server, /^https:\/\//);
      assert.equal(kubeconfig.clusters[0].cluster["insecure-skip-tls-verify"], undefined);
    }
  },
  "names the nodes of every pod, and its balancer's patience is what the settings reckon with"(from, kind) {
    const pods = podTemplates(from);
    assert.ok(pods.length > 5);
    for (const { owner, template } of pods) {
      const placed = template.spec.nodeSelector?.["switchboard.dev/role"];
      assert.equal(placed !== undefined, kind !== "existing", owner.urn);
    }
    const wait = containerOf(from, "edge-deployment").lifecycle.preStop.sleep.seconds;
    assert.equal(wait, Math.max(10, cloudOf("cluster", kind)!.deregistrationSeconds));
  },
  "says in the public Service what NGINX listens for"(from) {
    assertBalancerAgrees(from, false);
  },
  "is called by its name in the commands that are given out"(from) {
    const { access, firstLogin, trust, ...daily }: Record<string, string> = from.outputs.commands;
    for (const command of Object.values(daily))
      assert.match(
        command,
        /^(kubectl --context [^ ]+ --namespace switchboard|npx switchboard [^-]+( --follow)? --stack [^ ]+$)/,
      );
    assert.match(daily.panelConsole!, /^npx switchboard console panel --stack /);
  },
};

/** The balancer and NGINX are of one mind: the PROXY protocol, the health port, the ports. */
export function assertBalancerAgrees(from: Plan, proxyProtocol: boolean): void {
  const { inputs } = from.named("kubernetes:core/v1:Service", "edge-service");
  const annotations = Object.entries(inputs.metadata.annotations as Record<string, string>).filter(
    ([key]) => !key.startsWith("pulumi.com/"),
  );
  const text = annotations.map(([key, value]) => `${key}: ${value}`).join("\n");
  const asked = /proxy[-_.]protocol[^\n,]*(=true|: \*)/i.test(text);
  assert.equal(asked, proxyProtocol, text);
  const conf: string = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
  const listens = [...conf.matchAll(/listen (\d+)([^;]*);/g)].map(([, port, rest]) => [Number(port), rest!] as const);
  const container = containerOf(from, "edge-deployment");
  const ports = Object.fromEntries(container.ports.map((port: any) => [port.name, port.containerPort]));
  for (const [port, rest] of listens)
    assert.equal(rest.includes("proxy_protocol"), proxyProtocol && port !== ports.health, `listen ${port}${rest}`);
  const listened = new Set(listens.map(([port]) => port));
  for (const { targetPort } of inputs.spec.ports) assert.ok(listened.has(targetPort), `${targetPort} is listened on`);
  for (const [key, value] of annotations) {
    if (/health-?check-port$/i.test(key)) assert.equal(value, String(ports.health), key);
    if (/health-?check-path$/i.test(key)) assert.equal(value, container.readinessProbe.httpGet.path, key);
  }
  const [, silence] = /proxy_read_timeout (\d{4,})s/.exec(conf) ?? [];
  for (const [, idle] of text.matchAll(/idle_timeout\.seconds=(\d+)/g))
    assert.ok(Number(idle) > Number(silence), `the balancer is more patient (${idle}) than NGINX (${silence})`);
  assert.match(inputs.spec.externalTrafficPolicy, /^(Local|Cluster)$/);
}

const postgres: Promises = {
  "gives each app a database, a role of its own, and the password by reference"(from) {
    for (const [deployment, role] of [
      ["panel-deployment", "panel"],
      ["chat-deployment", "chat"],
    ] as const) {
      const variables = environmentOf(from, deployment);
      for (const name of ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"]) assert.ok(variables[name]?.value, name);
      assert.ok(variables.PGUSER.value.startsWith(role), `${deployment} has its own role`);
      const { name, key } = variables.PGPASSWORD.valueFrom.secretKeyRef;
      assert.equal(variables.PGPASSWORD.value, undefined);
      const secret = from.of("kubernetes:core/v1:Secret").find((entry) => nameOf(entry) === name);
      assert.ok(secret?.inputs.stringData[secretKey][key], "the Secret has the password");
    }
  },
  "proves itself, unless a sidecar asks for its proof"(from) {
    for (const deployment of ["panel-deployment", "workers-deployment", "chat-deployment"]) {
      const { PGSSLMODE, PGSSLROOTCERT, PGHOST } = environmentOf(from, deployment);
      assert.match(PGSSLMODE.value, /^(disable|verify-ca|verify-full)$/);
      const spec = from.named("kubernetes:apps/v1:Deployment", deployment).inputs.spec.template.spec;
      const sidecars = (spec.initContainers ?? []).filter((entry: any) => entry.restartPolicy === "Always");
      if (PGSSLMODE.value === "disable") {
        assert.ok(sidecars.length > 0, `${deployment} speaks in clear`);
        assert.match(PGHOST.value, /^(127\.0\.0\.1|localhost)$/);
        assert.equal(PGSSLROOTCERT, undefined);
      } else if (PGSSLROOTCERT) assertMounted(from, deployment, PGSSLROOTCERT.value);
      else assert.equal(PGSSLMODE.value, "verify-full", "the image's own authorities prove a name, not a server");
    }
  },
  "makes the roles before anyone connects, and ends old passwords when everyone has the new ones"(from) {
    const job = (purpose: string) => {
      const found = from
        .of("kubernetes:batch/v1:Job")
        .filter(({ name }) => name.startsWith(`postgres-${purpose}-`) && name.endsWith("-job"));
      assert.equal(found.length, 1, purpose);
      return found[0]!;
    };
    const roles = job("roles").urn;
    for (const migration of from.of("kubernetes:batch/v1:Job").filter(({ name }) => /^(panel|chat)-migrate/.test(name)))
      assert.ok(migration.dependencies.includes(roles), migration.urn);
    const retire = job("retire").dependencies;
    for (const deployment of ["panel", "workers", "chat"])
      assert.ok(
        retire.some((urn) => urn.endsWith(`::${deployment}-deployment`)),
        deployment,
      );
  },
};

const redis: Promises = {
  "gives the panel and the workers a user and the password by reference"(from) {
    for (const deployment of ["panel-deployment", "workers-deployment"]) {
      const variables = environmentOf(from, deployment);
      for (const name of ["REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME"]) assert.ok(variables[name]?.value, name);
      const { name, key } = variables.REDIS_PASSWORD.valueFrom.secretKeyRef;
      const secret = from.of("kubernetes:core/v1:Secret").find((entry) => nameOf(entry) === name);
      assert.ok(secret?.inputs.stringData[secretKey][key], "the Secret has the password");
    }
  },
  "is encrypted and proves itself"(from) {
    const { REDIS_TLS, REDIS_TLS_MODE, REDIS_CA } = environmentOf(from, "workers-deployment");
    assert.equal(REDIS_TLS.value, "1");
    if (REDIS_CA) assertMounted(from, "workers-deployment", REDIS_CA.value);
    if (REDIS_TLS_MODE) {
      assert.equal(REDIS_TLS_MODE.value, "verify-ca");
      assert.ok(REDIS_CA, "an authority that is the server's own is given");
    }
  },
};

const certificate: Promises = {
  "is a kubernetes.io/tls Secret with a secret key, and the one that the edge mounts"(from, kind) {
    const { spec } = from.named("kubernetes:apps/v1:Deployment", "edge-deployment").inputs.spec.template;
    const mounted = spec.volumes.filter(({ name }: { name: string }) => name === "certificate");
    assert.equal(mounted.length, 1);
    if (kind === "acme") {
      // cert-manager makes the Secret, of this type (https://cert-manager.io/docs/usage/certificate/).
      const { inputs } = from.named("kubernetes:cert-manager.io/v1:Certificate", "certificate-certificate");
      assert.equal(mounted[0].secret.secretName, inputs.spec.secretName);
      return;
    }
    const secret = from.named("kubernetes:core/v1:Secret", "certificate-secret");
    assert.equal(secret.inputs.type, "kubernetes.io/tls");
    assert.ok(secretKey in secret.inputs.stringData, "the key is a secret");
    assert.deepEqual(Object.keys(secret.inputs.stringData[secretKey]).sort(), ["tls.crt", "tls.key"]);
    assert.equal(mounted[0].secret.secretName, nameOf(secret));
  },
  "is read as it is renewed: at the start of a pod under a new name, at each handshake under the same one"(from, kind) {
    const conf: string = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
    const variable = /ssl_certificate \S*\$/.test(conf);
    assert.equal(variable, kind === "acme");
  },
  "covers every public host"(from, kind) {
    const hosts = [...from.outputs.hosts].sort();
    if (kind === "acme")
      assert.deepEqual(
        [
          ...from.named("kubernetes:cert-manager.io/v1:Certificate", "certificate-certificate").inputs.spec.dnsNames,
        ].sort(),
        hosts,
      );
    if (kind === "selfSigned")
      assert.deepEqual(
        [...from.named("tls:index/certRequest:CertRequest", "certificate-request").inputs.dnsNames].sort(),
        hosts,
      );
  },
};

/** The promises of every layer that comes in kinds. */
export const contractSuite = { cluster, postgres, redis, certificate };
