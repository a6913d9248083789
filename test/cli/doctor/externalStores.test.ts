import assert from "node:assert/strict";
import { test } from "node:test";
import { examine } from "../../../cli/doctor";
import { parse } from "../../components/settings/stack";
import { externalPostgres, externalRedis } from "../../support/externalStores";
import { type Calls, fakeHostOf, foreign, labSubject } from "./fakeHosts";

/** What is said of the stores of a stack whose Postgres and its copy are somebody else's. */
async function told(calls: Calls, change: object = {}) {
  const replica = { host: "copy.acme.dev", networks: ["10.40.0.0/16", "fd00:40::/32"] };
  const settings = parse(
    (raw) => Object.assign(raw, { postgres: { ...externalPostgres(), replica, ...change }, redis: externalRedis() }),
    { secretLayers: new Set(["postgres", "redis"]), now: new Date() },
  );
  const checked = await examine(labSubject(settings), fakeHostOf({ ...foreign, ...calls }));
  assert.ok(!checked.some(({ findings }) => findings.some(({ what }) => /Postgres \d+ has/.test(what))));
  return checked.find(({ area }) => area === "stores of others")?.findings;
}

const right: Calls = { "dns A db.acme.dev": ["10.20.0.4"], "dns A copy.acme.dev": ["10.40.9.9"] };

test("names that lead into the networks of the settings are fine", async () => {
  assert.deepEqual(
    (await told(right))?.map(({ status, what }) => [status, what]),
    [
      ["ok", "postgres.host: db.acme.dev is in 10.20.0.0/16, which the pods may connect to"],
      ["ok", "postgres.replica.host: copy.acme.dev is in 10.40.0.0/16, fd00:40::/32, which the pods may connect to"],
    ],
  );
});

test("a name that leads elsewhere is told, because the pods would be refused", async () => {
  const [found] = (await told({ ...right, "dns A db.acme.dev": ["10.20.0.4", "192.0.2.9"] })) ?? [];
  assert.deepEqual(found, {
    status: "advice",
    what: "postgres.host: db.acme.dev is 192.0.2.9 for this machine, which none of postgres.networks holds: 10.20.0.0/16",
    todo: "name its network in postgres.networks, unless the pods are told another address",
  });
});

test("a name that nobody here knows is not known to be wrong", async () => {
  const [found] = (await told({ ...right, "dns A db.acme.dev": [] })) ?? [];
  assert.equal(found?.status, "unknown");
});

test("there is nothing to look at where the settings open the internet", async () => {
  const found = await told(right, { networks: ["internet"], replica: undefined });
  assert.deepEqual(found, []);
});
