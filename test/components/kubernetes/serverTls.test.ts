/** TLS of Postgres and Redis in the cluster, on real servers with what the program gives them. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { accessFiles } from "../../../components/data/postgresAccess";
import { postgresqlConf, rolesScript } from "../../../components/data/postgresConf";
import { aclPath, firstUsers } from "../../../components/data/redisAcl";
import { redisConf } from "../../../components/data/redisConf";
import { tlsKinds } from "../../../engine/providers/tls";
import type { Properties } from "../../../engine/providers/values";
import { smallConfig } from "../../support/config";
import { type Plan, plan } from "../../support/plan";
import { freePort, postgresFolders, serverUser, startPostgres } from "../data/postgresServer";

const root = mkdtempSync(join(tmpdir(), "switchboard-tls-"));
chmodSync(root, 0o755);
after(() => rmSync(root, { recursive: true, force: true }));
let program: Plan;
before(async () => {
  program = await plan(smallConfig(), { preview: false });
});

/** Makes for real what the program asks for, with the inputs that it gives. */
async function made(name: string, type: string, more: Properties = {}): Promise<Properties> {
  const token = `tls:index/${type[0]!.toLowerCase()}${type.slice(1)}:${type}`;
  const kind = tlsKinds[token]!;
  const inputs = { ...kind.defaults, ...program.named(token, name).inputs, ...more };
  assert.deepEqual(kind.check?.(inputs) ?? [], []);
  return (await kind.make(inputs)).outputs;
}

async function authorityOf(server: string) {
  const { privateKeyPem } = await made(`${server}-tls-authority-key`, "PrivateKey");
  const { certPem } = await made(`${server}-tls-authority`, "SelfSignedCert", { privateKeyPem: privateKeyPem! });
  return { caPrivateKeyPem: privateKeyPem!, caCertPem: certPem! };
}

/** A folder with `ca.crt`, `tls.crt` and `tls.key`, as the kubelet mounts them: of root, readable by the server's group. */
async function mounted(server: string, authority: { caPrivateKeyPem: unknown; caCertPem: unknown }): Promise<string> {
  const { privateKeyPem } = await made(`${server}-tls-key`, "PrivateKey");
  const { certRequestPem } = await made(`${server}-tls-request`, "CertRequest", { privateKeyPem: privateKeyPem! });
  const inputs = { ...authority, certRequestPem } as Properties;
  const { certPem } = await made(`${server}-tls-certificate`, "LocallySignedCert", inputs);
  const folder = mkdtempSync(join(root, `${server}-`));
  chmodSync(folder, 0o755);
  const files = { "ca.crt": authority.caCertPem, "tls.crt": certPem, "tls.key": privateKeyPem };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), String(content));
    chmodSync(join(folder, name), 0o440);
    if (serverUser) chownSync(join(folder, name), 0, serverUser.gid);
  }
  return folder;
}

for (const server of ["postgres", "redis"]) {
  test(`the certificate of ${server} is for every name of its Service, and is made anew long before its end`, async () => {
    const authority = await authorityOf(server);
    const folder = await mounted(server, authority);
    const certificate = new X509Certificate(readFileSync(join(folder, "tls.crt")));
    const issuer = new X509Certificate(String(authority.caCertPem));
    assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey) && issuer.ca);
    for (const name of [server, `${server}.switchboard`, `${server}.switchboard.svc.cluster.local`])
      assert.equal(certificate.checkHost(name), name);
    assert.equal(certificate.checkHost("panel"), undefined);
    const years = (text: string) => (Date.parse(text) - Date.now()) / (365 * 86_400_000);
    assert.ok(years(issuer.validTo) > 15 && Date.parse(issuer.validTo) < Date.UTC(2050, 0));
    const { inputs } = program.named("tls:index/locallySignedCert:LocallySignedCert", `${server}-tls-certificate`);
    assert.ok(inputs.earlyRenewalHours >= 365 * 24 && inputs.earlyRenewalHours < inputs.validityPeriodHours);
  });
}

for (const bin of postgresFolders()) {
  test(`${bin}: Postgres takes connections by TLS alone, and proves itself to who knows its authority`, async (context) => {
    const authority = await authorityOf("postgres");
    const certificates = await mounted("postgres", authority);
    const configuration = postgresqlConf({ maxConnections: 20, memoryBytes: 2 ** 28, parameters: {}, certificates });
    const server = await startPostgres(bin, { configuration, hba: accessFiles()["pg_hba.conf"]! });
    context.after(() => server.stop());
    const superuser = { PGUSER: "postgres", PGPASSWORD: "superuser-of-this-test", PGDATABASE: "postgres" };
    const trusting = (folder: string, host: string) => ({
      ...superuser,
      ...{ PGHOST: host, PGHOSTADDR: "127.0.0.1", PGSSLMODE: "verify-full", PGSSLROOTCERT: join(folder, "ca.crt") },
    });
    const verified = trusting(certificates, "postgres");
    const passwords = Object.fromEntries(
      ["PANEL", "PANEL_OWNER", "CHAT", "CHAT_OWNER"].map((owner) => [`${owner}_PASSWORD`, "secret"]),
    );
    const roles = await server.sh(rolesScript(["panel", "chat"], 1), { ...verified, ...passwords });
    assert.equal(roles.code, 0, roles.output);
    const panel = { ...verified, PGUSER: "panel_g1", PGPASSWORD: "secret", PGDATABASE: "switchboard" };
    assert.equal((await server.sql("SELECT current_user", panel)).output, "panel_app");
    const version = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert.equal((await server.sql(version, verified)).output, "TLSv1.3");
    const clear = await server.sql("SELECT 1", { ...superuser, PGSSLMODE: "disable" });
    assert.match(clear.output, /no pg_hba\.conf entry for host .*no encryption/);
    const elsewhere = await server.sql("SELECT 1", trusting(certificates, "panel"));
    assert.match(elsewhere.output, /server certificate for "postgres" .*does not match host name "panel"/);
    const stranger = await server.sql(
      "SELECT 1",
      trusting(await mounted("postgres", await authorityOf("postgres")), "postgres"),
    );
    assert.match(stranger.output, /certificate verify failed/);
    assert.equal((await server.sh("pg_isready --quiet", {})).code, 0, "the probe");
  });
}

test("Redis takes connections by TLS alone, and the probes of its pod reach it", async (context) => {
  const authority = await authorityOf("redis");
  const certificates = await mounted("redis", authority);
  const port = await freePort();
  const data = mkdtempSync(join(root, "data-"));
  const [conf, users] = [join(data, "redis.conf"), join(data, "users.acl")];
  const text = redisConf("48mb", certificates)
    .replace("tls-port 6379", `tls-port ${port}`)
    .replace("bind * -::*", "bind 127.0.0.1")
    .replace(aclPath, users)
    .replace("dir /data", `dir ${data}`);
  writeFileSync(conf, text);
  writeFileSync(users, firstUsers("of-nobody", [{ login: "panel", prefix: "", password: "panel-of-this-test" }]));
  if (serverUser) for (const path of [data, conf, users]) chownSync(path, serverUser.uid, serverUser.gid);
  const server = spawn("redis-server", [conf], { ...serverUser, cwd: data });
  const ended = new Promise((resolve) => server.once("close", resolve));
  context.after(async () => {
    server.kill("SIGKILL");
    await ended;
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.stdout.on("data", (chunk) => {
      log += chunk;
      if (log.includes("Ready to accept connections")) resolve();
    });
    void ended.then(() => reject(new Error(log)));
  });

  const handshake = (servername: string, ca: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, servername, ca }, () => {
        resolve(`${socket.getProtocol()}`);
        socket.destroy();
      });
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    });
  const { containers } = program.named("kubernetes:apps/v1:StatefulSet", "redis-server").inputs.spec.template.spec;
  const { startupProbe, readinessProbe, livenessProbe } = containers[0];
  const asked = (probe: any, folder: string) => {
    const [shell, flag, script] = probe.exec.command as [string, string, string];
    const here = script.replace("redis-cli ", `redis-cli -p ${port} `).replace("/run/tls/redis", folder);
    return spawnSync(shell, [flag, here]).status;
  };
  for (const probe of [startupProbe, readinessProbe, livenessProbe]) assert.equal(asked(probe, certificates), 0);
  assert.equal(await handshake("redis", String(authority.caCertPem)), "TLSv1.3");
  assert.doesNotMatch(log, /Error accepting/, "the probes leave a line in the log, each time");
  const strangers = await mounted("redis", await authorityOf("redis"));
  for (const probe of [readinessProbe, livenessProbe]) assert.notEqual(asked(probe, strangers), 0);
  const { output } = spawnSync("redis-cli", ["-p", String(port), "ping"], { encoding: "utf8", timeout: 10_000 });
  assert.doesNotMatch(String(output), /PONG/);

  assert.equal(await handshake("panel", String(authority.caCertPem)), "ERR_TLS_CERT_ALTNAME_INVALID");
  const other = await authorityOf("redis");
  assert.match(await handshake("redis", String(other.caCertPem)), /SIGNATURE_FAILURE|UNABLE_TO_VERIFY|SELF_SIGNED/);
  assert.match(log, /Error accepting/, "what probes must not leave is what strangers leave");
});

test("the apps verify both servers by name, and no private key of either is given to them", () => {
  for (const app of ["panel", "workers", "chat"]) {
    const { spec } = program.named("kubernetes:apps/v1:Deployment", `${app}-deployment`).inputs.spec.template;
    const values = Object.fromEntries(spec.containers[0].env.map((entry: any) => [entry.name, entry.value]));
    assert.equal(values.PGSSLMODE, "verify-full");
    assert.equal(values.PGSSLROOTCERT, "/run/tls/postgres/ca.crt");
    if (app !== "chat") assert.deepEqual([values.REDIS_TLS, values.REDIS_CA], ["1", "/run/tls/redis/ca.crt"]);
    const secrets = spec.volumes.flatMap((volume: any) => volume.secret?.secretName ?? []);
    assert.ok(!secrets.some((name: string) => /^(postgres|redis)-tls-secret/.test(name)), String(secrets));
  }
  const keys = program.of("kubernetes:core/v1:Secret").filter(({ name }) => /-tls-trusted/.test(name));
  for (const { inputs } of keys) assert.doesNotMatch(JSON.stringify(inputs.stringData), /PRIVATE KEY/);
});
