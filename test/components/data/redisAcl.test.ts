import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  aclPath,
  administrator,
  administratorScript,
  firstUsers,
  firstUsersFolder,
  formerPasswordVariable,
  loginName,
  prepareUsersScript,
  retireUsersScript,
  usersScript,
} from "../../../components/data/redisAcl";
import { redisConf } from "../../../components/data/redisConf";
import { longestWaitVariable, quietSeconds } from "../../../components/data/untilUnused";
import { freePort, serverUser } from "./postgresServer";

const passwords = { own: "of-the-administrator", first: "first-of-the-panel", second: "second-of-the-panel" };
const users = [
  { name: "panel", prefix: "" },
  { name: "mail-out", prefix: "mail:" },
];

test("the users of a first start are digests, and the default user is off", () => {
  const acl = firstUsers(passwords.own, [{ login: "panel", prefix: "", password: passwords.first }]);
  for (const password of Object.values(passwords)) assert.ok(!acl.includes(password));
  assert.ok(acl.includes(createHash("sha256").update(passwords.first).digest("hex")));
  assert.match(acl, /^user default off resetpass /m);
  assert.match(acl, /^user probe on nopass -@all \+ping$/m);
  assert.match(acl, /^user panel .*-flushall/m);
});

test("the first generation has the app's own name, later ones their number", () => {
  assert.deepEqual([loginName("panel", 1), loginName("panel", 2)], ["panel", "panel-g2"]);
});

describe("on a real Redis", () => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-acl-"));
  const here = (path: string) => path.replaceAll("/data", folder).replaceAll(firstUsersFolder, `${folder}/secret`);
  let port: number;
  let server: ChildProcess;
  /** What a Job's script gives, where the server speaks in clear and time passes as `clock` says. */
  const job = (script: string, environment: Readonly<Record<string, string>> = {}, clock = "") =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const text = here(script)
        .replaceAll('--tls --cacert "$REDIS_CA" ', "")
        .replace("sleep 1\ndone", `${clock}sleep 0.1\ndone`);
      const env = {
        ...{ PATH: process.env.PATH, REDIS_HOST: "127.0.0.1", REDIS_PORT: String(port) },
        ...{ REDIS_USERNAME: administrator, REDIS_PASSWORD: passwords.own, ...environment },
      };
      execFile("sh", ["-c", text], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  const of = (generation: string) => ({ PANEL_PASSWORD: generation, MAIL_OUT_PASSWORD: `${generation}-mail` });
  const ask = (user: string, password: string, ...command: string[]) =>
    new Promise<string>((resolve) => {
      const args = ["-p", String(port), "--user", user, "--pass", password, "--no-auth-warning", ...command];
      execFile("redis-cli", args, (_error, stdout, stderr) => resolve((stdout + stderr).trim()));
    });
  async function start(): Promise<void> {
    const conf = join(folder, "redis.conf");
    writeFileSync(
      conf,
      here(redisConf("48mb")).replace("port 6379", `port ${port}`).replace("bind * -::*", "bind 127.0.0.1"),
    );
    server = spawn("redis-server", [conf], { ...serverUser, cwd: folder, stdio: "ignore" });
    while ((await ask("probe", "any", "PING")) !== "PONG") await sleep(50);
  }
  /** As job queues write. */
  async function transaction(): Promise<void> {
    const args = ["-p", String(port), "--user", "panel-g2", "--pass", passwords.second, "--no-auth-warning"];
    const session = spawn("redis-cli", args, { stdio: ["pipe", "ignore", "ignore"] });
    const closed = new Promise((resolve) => session.once("close", resolve));
    session.stdin.end("MULTI\nSET job 1\nRPUSH jobs 1\nEXEC\n");
    await closed;
  }
  async function stop(): Promise<void> {
    const ended = new Promise((resolve) => server.once("close", resolve));
    server.kill();
    await ended;
  }

  before(async () => {
    port = await freePort();
    chmodSync(folder, 0o755);
    writeSecret();
    const { code, output } = await job(prepareUsersScript);
    assert.equal(code, 0, output);
    if (serverUser) for (const path of [folder, here(aclPath)]) chownSync(path, serverUser.uid, serverUser.gid);
    await start();
  });
  after(async () => {
    if (server) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The Secret of the pod: the users as the program has them today. */
  function writeSecret(): void {
    const content = firstUsers(passwords.own, [{ login: "panel", prefix: "", password: passwords.first }]);
    mkdirSync(`${folder}/secret`);
    writeFileSync(`${folder}/secret/users.acl`, content);
  }

  test("the Job makes the users of its generation while those of before work, and a restart keeps them", async () => {
    for (const generation of [1, 1]) {
      const { code, output } = await job(usersScript(users, generation), of(passwords.first));
      assert.equal(code, 0, output);
    }
    const { code, output } = await job(usersScript(users, 2), of(passwords.second));
    assert.equal(code, 0, output);
    const everyone = async () => [
      await ask("panel", passwords.first, "SET", "session", "1"),
      await ask("panel-g2", passwords.second, "GET", "session"),
      await ask("mail-out-g2", `${passwords.second}-mail`, "SET", "mail:1", "x"),
    ];
    assert.deepEqual(await everyone(), ["OK", "1", "OK"]);
    assert.match(await ask("mail-out-g2", `${passwords.second}-mail`, "GET", "session"), /^NOPERM/);
    assert.match(await ask("panel-g2", passwords.second, "ACL", "LIST"), /^NOPERM/);
    await transaction();
    await stop();
    await start();
    assert.deepEqual(await everyone(), ["OK", "1", "OK"]);
    assert.equal(await ask("panel-g2", passwords.second, "GET", "job"), "1", "transactions are read again too");
    assert.match(await ask("default", "any", "PING"), /WRONGPASS|NOAUTH/);
  });

  test("who may not, or a server that is away, is a failure that says why and shows no password", async () => {
    const wrong = await job(usersScript(users, 2).replace("+ 240", "+ 0"), { ...of("x"), REDIS_PASSWORD: "guessed" });
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /^Redis does not answer: .*(WRONGPASS|NOAUTH)/);
    const refused = await job(usersScript([{ name: "panel", prefix: "" }], 2), {
      ...of(passwords.second),
      ...{ REDIS_USERNAME: "panel-g2", REDIS_PASSWORD: passwords.second },
    });
    assert.equal(refused.code, 1);
    assert.match(refused.output, /^Redis has refused: NOPERM/);
    for (const { output } of [wrong, refused])
      for (const password of Object.values(passwords)) assert.ok(!output.includes(password), output);
  });

  test("log-ins of before go once nobody uses them, and not before", async () => {
    const session = spawn(
      "redis-cli",
      ["-p", String(port), "--user", "panel", "--pass", passwords.first, "--no-auth-warning"],
      {
        stdio: ["pipe", "pipe", "ignore"],
      },
    );
    session.stdin.write("PING\n");
    await new Promise((resolve) => session.stdout.once("data", resolve));
    const none = { [longestWaitVariable]: "0" };
    const used = await job(retireUsersScript(users, 2), none);
    assert.equal(used.code, 1);
    assert.match(used.output, /still used after 0 s: panel \(1\)\. None was refused/);
    assert.equal(await ask("panel", passwords.first, "PING"), "PONG");

    const closed = new Promise((resolve) => session.once("close", resolve));
    session.stdin.end();
    await closed;
    // A minute goes by at each turn: what is waited for is said by the clock and not by this machine.
    const clock = `begun=$((begun - ${quietSeconds})); used_at=$((used_at - ${quietSeconds})); `;
    const done = await job(retireUsersScript(users, 2), { [longestWaitVariable]: "100000" }, clock);
    assert.equal(done.code, 0, done.output);
    assert.match(await ask("panel", passwords.first, "PING"), /WRONGPASS/);
    assert.equal(await ask("panel-g2", passwords.second, "GET", "session"), "1");
    assert.doesNotMatch(readFileSync(here(aclPath), "utf8"), /^user panel /m);
    const again = await job(retireUsersScript(users, 2), none);
    assert.equal(again.code, 0, again.output);
  });

  test("the administrator has two passwords while Jobs change over, and one afterwards", async () => {
    const next = "next-of-the-administrator";
    const present = { REDIS_PASSWORD: next };
    for (const former of [passwords.own, "of-no-use"]) {
      const { code, output } = await job(administratorScript, { ...present, [formerPasswordVariable]: former });
      assert.equal(code, 0, output);
    }
    const ping = (password: string) => ask(administrator, password, "PING");
    assert.deepEqual([await ping(passwords.own), await ping(next)], ["PONG", "PONG"]);
    const given = await job(usersScript(users, 2), { ...of(passwords.second), ...present });
    assert.equal(given.code, 0, given.output);
    const none = { [longestWaitVariable]: "0" };
    const retired = await job(retireUsersScript(users, 2, 2), { ...none, ...present });
    assert.equal(retired.code, 0, retired.output);
    assert.match(await ping(passwords.own), /WRONGPASS/);
    assert.equal(await ping(next), "PONG");
    assert.equal(await ask("panel-g2", passwords.second, "PING"), "PONG");
    await stop();
    await start();
    assert.equal(await ping(next), "PONG", "a restart keeps it");

    const wrong = { REDIS_PASSWORD: "guessed", [formerPasswordVariable]: "guessed-too" };
    const refused = await job(administratorScript.replace("+ 240", "+ 0"), wrong);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /^Redis does not answer: .*(WRONGPASS|NOAUTH)/);
    assert.doesNotMatch(refused.output, /guessed/);
  });

  test("a volume that has users keeps them, one that was lost begins with those of today", async () => {
    const before = readFileSync(here(aclPath), "utf8");
    assert.equal((await job(prepareUsersScript)).code, 0);
    assert.equal(readFileSync(here(aclPath), "utf8"), before);
    rmSync(here(aclPath));
    assert.equal((await job(prepareUsersScript)).code, 0);
    assert.match(readFileSync(here(aclPath), "utf8"), /^user panel on #/m);
  });
});
