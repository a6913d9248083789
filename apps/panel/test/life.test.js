import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseAdminPassword, startBackends, startProcess, startWeb, until, Visitor } from "./support/panel.js";
import { freePort, startRedis } from "./support/services.js";

/** @type {Awaited<ReturnType<typeof startBackends>>} */ let backends;
before(async () => {
  backends = await startBackends();
});
after(() => backends?.stop());

test("before the migrations the panel is live but has not started", async () => {
  const port = await freePort();
  const web = startProcess({ ...backends.env, PORT: String(port) }, "web");
  const get = async (/** @type {string} */ path) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  await until(async () => (await get("/livez"))?.status === 200);
  const waiting = /** @type {Response} */ (await get("/startupz"));
  assert.equal(waiting.status, 503);
  assert.deepEqual((await waiting.json()).missing, [
    "0001_users_rooms",
    "0002_events_activity",
    "0003_sign_out_and_second_factor",
  ]);
  assert.equal((await backends.migrate()).code, 0);
  assert.equal((await get("/startupz"))?.status, 200);
  await web.end();
});

test("a session survives the end of the process that made it", async () => {
  const first = await startWeb(backends.env);
  await chooseAdminPassword(first.url);
  const visitor = new Visitor(first.url);
  await visitor.logIn();
  await first.end("SIGKILL");
  const second = await startWeb(backends.env);
  visitor.url = second.url;
  const answer = await visitor.ask("/chat");
  assert.equal(answer.status, 200);
  assert.match(answer.body, /Administrator/);
  await second.end();
});

test("without Redis the panel stays live, tells people to try again and recovers by itself", async () => {
  const web = await startWeb(backends.env);
  const visitor = new Visitor(web.url);
  await visitor.logIn();
  const { port } = backends.redis;
  await backends.redis.stop();
  const answer = await visitor.ask("/chat");
  assert.equal(answer.status, 503);
  assert.match(answer.body, /Not available right now/);
  assert.equal((await visitor.ask("/livez")).status, 200);
  assert.equal((await visitor.ask("/readyz")).status, 200, "one failure does not take the pod out of service");
  await until(async () => (await visitor.ask("/readyz")).status === 503);
  backends.redis = await startRedis(port);
  await until(async () => (await visitor.ask("/readyz")).status === 200);
  // Redis came back empty, as after a loss of its disk: the person logs in again.
  assert.equal((await visitor.ask("/chat")).status, 303);
  assert.equal((await visitor.logIn()).status, 303);
  await web.end();
});

test("a rolling restart under load loses no request", async () => {
  const pods = await Promise.all([startWeb(backends.env), startWeb(backends.env)]);
  const [old, other] = /** @type {[typeof pods[0], typeof pods[0]]} */ (pods);
  const visitor = new Visitor(old.url);
  await visitor.logIn();
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  // As behind a Service: a new connection goes to a pod that is listed, an open one stays with its pod.
  let listed = [old, other];
  let stopping = false;
  const seen = { good: 0, closing: 0, afterSignal: 0, bad: /** @type {string[]} */ ([]) };
  let signalled = false;
  const client = async (/** @type {number} */ number) => {
    while (!stopping) {
      const pod = listed[number % listed.length] ?? other;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let open = true;
      while (open && !stopping)
        open = await once(`${pod.url}${number % 2 ? "/chat" : "/activity"}`, agent, pod === old);
      agent.destroy();
    }
  };
  /** One request; whether its connection can be used again. @returns {Promise<boolean>} */
  const once = (/** @type {string} */ url, /** @type {Agent} */ agent, /** @type {boolean} */ toOld) =>
    new Promise((resolve) => {
      const failed = (/** @type {any} */ error) => {
        seen.bad.push(`${error.code ?? ""} ${error.message}`);
        resolve(false);
      };
      const asked = request(url, { agent, headers: { cookie, "x-forwarded-proto": "https" } }, (answer) => {
        answer.resume();
        answer.once("error", failed);
        answer.once("end", () => {
          if (answer.statusCode === 200) seen.good++;
          else seen.bad.push(`status ${answer.statusCode}`);
          if (signalled && toOld) seen.afterSignal++;
          const closing = answer.headers.connection === "close";
          if (closing) seen.closing++;
          resolve(!closing);
        });
      });
      asked.once("error", failed);
      asked.end();
    });

  const clients = Array.from({ length: 20 }, (_, number) => client(number >> 1));
  await sleep(500);
  // What the kubelet does: first the pod leaves the list (the sleep of its preStop hook is for that), then SIGTERM.
  listed = [other];
  await sleep(100);
  const slow = new Visitor(old.url);
  const logIn = slow.logIn();
  await until(() => old.log().some(({ path, ip }) => path === "/login" && ip === "203.0.113.9"));
  signalled = true;
  const ended = old.end("SIGTERM");
  await sleep(100);
  const draining = await fetch(`${old.url}/readyz`);
  assert.deepEqual([draining.status, (await draining.json()).status], [200, "draining"]);
  assert.deepEqual(await ended, { code: 0, by: null });
  await sleep(200);
  stopping = true;
  await Promise.all(clients);
  assert.deepEqual(seen.bad, []);
  assert.equal((await logIn).status, 303, "the log-in that was on its way");
  assert.ok(seen.afterSignal > 0 && seen.closing >= 10, `answers that ended their connection: ${JSON.stringify(seen)}`);
  assert.ok(seen.good > 100, `only ${seen.good} requests`);
  assert.ok(old.log().some(({ message }) => message === "bye"));
  await other.end();
});
