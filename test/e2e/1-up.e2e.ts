import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { connect } from "node:tls";
import { readOutputs } from "./support/outputs";
import { beginWithNothing, get, kubectl, livePods, notUp, revisions, stateFolder, up } from "./support/system";

before(async () => {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(notUp, "");
  await beginWithNothing();
});

test("one command brings the whole system up and says where it is", async () => {
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0);
  assert.match(output, /https:\/\/panel\.localhost:8443/);
  assert.match(output, /firstLogin/);
  const { firstLogin } = await readOutputs();
  assert.ok(!output.includes(firstLogin.password), "the password is not printed");
  rmSync(notUp);
});

test("every tier runs on its pods, spread over both nodes", async () => {
  for (const [name, component, replicas] of [
    ["panel", "web", 2],
    ["panel", "worker", 1],
    ["chat", "socket", 2],
    ["edge", "proxy", 2],
    ["postgres", "server", 1],
    ["redis", "server", 1],
  ] as const) {
    const pods = await livePods(name, component);
    assert.equal(pods.length, replicas, `${name} ${component}`);
    assert.equal(new Set(pods.map(({ node }) => node)).size, Math.min(replicas, 2), `${name} ${component} is spread`);
  }
});

test("the balancer has an address, nothing is Pending", async () => {
  const service = await get("service", "edge");
  assert.ok(service.status.loadBalancer.ingress.length > 0);
  const { items } = await get("pods");
  assert.deepEqual(
    items.filter((pod: any) => pod.status.phase === "Pending").map((pod: any) => pod.metadata.name),
    [],
  );
});

test("the certificate is of the stack's own authority and covers both hosts", async () => {
  const { certificateAuthority } = await readOutputs();
  for (const host of ["panel.localhost", "chat.localhost"]) {
    const certificate = await new Promise<X509Certificate>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: 8443, servername: host, ca: certificateAuthority }, () => {
        resolve(new X509Certificate(socket.getPeerCertificate().raw));
        socket.end();
      });
      socket.on("error", reject);
    });
    assert.ok(certificate.checkHost(host), host);
  }
  const refused = await new Promise<string>((resolve) => {
    const socket = connect(
      { host: "127.0.0.1", port: 8443, servername: "other.localhost", ca: certificateAuthority },
      () => resolve("accepted"),
    );
    socket.on("error", (error) => resolve(error.message));
  });
  assert.notEqual(refused, "accepted", "a name that the stack does not serve gets no certificate");
});

test("the migrations ran once", async () => {
  const { items } = await get("jobs");
  for (const prefix of ["panel-migrate-", "chat-migrate-", "postgres-roles-"]) {
    const jobs = items.filter((job: any) => job.metadata.name.startsWith(prefix));
    assert.equal(jobs.length, 1, prefix);
    assert.equal(jobs[0].status.succeeded, 1, prefix);
  }
});

test("no connection to the databases is in clear, and what serves can change no table", async () => {
  const sql =
    "SELECT DISTINCT usename || ' ' || ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = 'switchboard' AND usename <> 'postgres' ORDER BY 1";
  const logins = await kubectl(
    ...["exec", "postgres-0", "--", "sh", "-c"],
    `PGPASSWORD="$(cat /run/secrets/postgres/password)" psql --host=127.0.0.1 --username=postgres --dbname=switchboard --tuples-only --no-align --command="${sql}"`,
  );
  assert.deepEqual(logins.trim().split("\n"), ["chat_g1 true", "panel_g1 true"]);
  const clear = `
    const { connect } = require("node:net");
    const socket = connect(6379, "redis", () => socket.write("PING\\r\\n"));
    socket.on("data", (answer) => process.stdout.write(answer.toString("latin1")));
    socket.on("close", () => console.log("closed"));
    socket.on("error", () => {});
  `;
  const answer = await kubectl("exec", "deploy/panel", "--", "node", "-e", clear);
  assert.match(answer, /closed\n?$/);
  assert.doesNotMatch(answer, /PONG|NOAUTH/);
});

test("run again, it says that nothing is to change, and nothing does", async () => {
  const pods = async () =>
    (await get("pods")).items.map((pod: { metadata: { uid: string } }) => pod.metadata.uid).sort();
  const [podsBefore, revisionsBefore] = [await pods(), await revisions()];
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0);
  assert.match(output, /nothing (is )?to change|unchanged/i);
  assert.doesNotMatch(output, /\b\d+ (created|updated|replaced|deleted)\b/);
  assert.deepEqual(await pods(), podsBefore);
  assert.deepEqual(await revisions(), revisionsBefore);
});
