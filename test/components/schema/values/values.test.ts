import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../../components/schema/fields";
import { nearest } from "../../../../components/schema/nearest";
import { parseCron, parseTimeZone } from "../../../../components/schema/values/cron";
import { parseImage } from "../../../../components/schema/values/image";
import { parseCidr, parseHost } from "../../../../components/schema/values/network";
import { formatBytes, formatCpu, parseBytes, parseCpu } from "../../../../components/schema/values/resources";
import { looksSecret } from "../../../../components/schema/values/secretNames";
import { tokens } from "../../../support/secretForms";
import { parse } from "../../settings/stack";

test("amounts read back as they are written, in Kubernetes' own spelling", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 64_000 }), (milli) => parseCpu(formatCpu(milli)) === milli));
  fc.assert(
    fc.property(
      fc.integer({ min: 1024, max: 2 ** 30 }),
      (kibi) => parseBytes(formatBytes(kibi * 1024)) === kibi * 1024,
    ),
  );
  for (const [given, spelled] of [
    ["1000m", "1"],
    ["1.5", "1500m"],
    ["0.25", "250m"],
  ])
    assert.equal(formatCpu(parseCpu(given!)), spelled);
  for (const [given, spelled] of [
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["96Mi", "96Mi"],
  ])
    assert.equal(formatBytes(parseBytes(given!)), spelled);
});

test("limits follow requests: ten times the CPU but at least one core, and the same memory", () => {
  const { panel, chat } = parse((raw) => {
    raw.panel.resources = { cpu: "50m", memory: "1024Mi" };
    raw.chat.resources = { cpu: "300m", memory: "96Mi", memoryLimit: "128Mi" };
  });
  assert.deepEqual(panel.resources, {
    requests: { cpu: "50m", memory: "1Gi" },
    limits: { cpu: "1", memory: "1Gi" },
    tmpSize: undefined,
  });
  assert.deepEqual(chat.resources, {
    requests: { cpu: "300m", memory: "96Mi" },
    limits: { cpu: "3", memory: "128Mi" },
    tmpSize: undefined,
  });
});

test("image references are split where the registry's port is not taken for a tag", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  for (const [reference, repository] of [
    ["localhost:5000/a/b:1", "localhost:5000/a/b"],
    [`ghcr.io/a/b@${digest}`, "ghcr.io/a/b"],
    [`a/b:1@${digest}`, "a/b"],
    ["nginx:1.22.1", "nginx"],
  ]) {
    assert.deepEqual(parseImage(reference!), { reference, repository });
  }
});

test("an image that is built here has a tag made of its sources", () => {
  assert.match(parse().panel.image.reference, /^localhost\/switchboard\/panel:src-[0-9a-f]{12}$/);
  assert.equal(parse().panel.image.source, "apps/panel");
});

test("host names are taken in lower case", () => {
  assert.equal(parseHost("Panel.LOCALHOST"), "panel.localhost");
  assert.equal(
    parse((raw) => {
      raw.edge.panel.host = "PANEL.localhost";
    }).edge.panel.host,
    "panel.localhost",
  );
});

test("a network is right exactly when its host bits are zero", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, length) => {
      const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const clean = bits % 2 ** (32 - length) === 0;
      try {
        assert.equal(parseCidr(`${address}/${length}`), `${address}/${length}`);
        assert(clean);
      } catch (error) {
        assert(error instanceof Problem && !clean, String(error));
        const [meant] = error.message.match(/[\d.]+\/\d+(?="\?)/) ?? [];
        assert.equal(parseCidr(meant!), meant);
      }
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, length) => {
      fc.pre(isIP(address) === 6);
      try {
        parseCidr(`${address}/${length}`);
      } catch (error) {
        assert(error instanceof Problem, String(error));
        const [meant] = error.message.match(/[0-9a-f:]+\/\d+(?="\?)/) ?? [];
        assert.equal(parseCidr(meant!), meant);
      }
    }),
  );
});

test("schedules and time zones that the CronJob controller takes are taken", () => {
  for (const cron of ["17 3 * * *", "*/5 * * * *", "0 9-17/2 * jan,jul mon-fri", "0 0 1,15 * ?", "0 0 29 2 *"]) {
    assert.equal(parseCron(cron), cron);
  }
  assert.equal(parseCron(" 17  3 * * * "), "17 3 * * *");
  assert.throws(() => parseCron("0 0 31 2 *"), /is not a schedule/);
  for (const zone of ["Etc/UTC", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
    assert.equal(parseTimeZone(zone), zone);
});

test("variables that look like secrets", () => {
  const secret = ["DB_PASSWORD", "API_KEY", "github_token", "SECRET", "SECRET_KEY_BASE", "SENTRY_DSN", "APP_SALT"];
  const more = ["RAILS_MASTER_KEY", "API_TOKEN_2", "STRIPE_SECRET_KEY", "JWT_SIGNING_KEY_V2", "OLD_PASSWORD_HASH"];
  const others =
    "SMTP_PASS MYSQL_PWD PGPASS APIKEY API_KEYS TOKENS ENCRYPTION_KEYS ERLANG_COOKIE PRIVATE_KEY_PEM PEPPER API-TOKEN";
  for (const name of others.split(" ")) assert(looksSecret(name, "x"), name);
  for (const name of [...secret, ...more]) assert(looksSecret(name, "x"), name);
  for (const value of ["-----BEGIN RSA PRIVATE KEY-----\n…", "redis://:pw@host", "postgres://a:b@c/d"])
    assert(looksSecret("A", value));
  // Whatever a variable is called: what everybody knows as a key, and what opens something by itself.
  const telling = Object.entries(tokens).filter(([name]) =>
    /^(GitHub, (personal|fine)|GitLab$|AWS, key|Google, API|Stripe, live|Slack, bot|npm|SendGrid|JWT)/.test(name),
  );
  assert.equal(telling.length, 10);
  for (const [name, token] of telling) assert(looksSecret("A", token), name);
  for (const value of ["https://hooks.slack.com/services/T0/B0/x7Q", "Server=db;User Id=sa;Password=x7Qa;Encrypt=true"])
    assert(looksSecret("A", value), value);
  // One reference does not make a secret of the rest readable.
  for (const value of ["postgres://app:hunter2@$(PGHOST)/app", "redis://:pw@$(REDIS_HOST)"])
    assert(looksSecret("A", value), value);
  assert(looksSecret("SECRET_KEY_BASE", "$(POD_NAME)3f9a0c1b2d4e5f60718293a4"));
  for (const [name, value] of [
    ["MONKEY", "x"],
    ["TOKEN_HEADER", "x"],
    ["SITE", "https://example.com/@me"],
    ["KEYBOARD", "qwerty"],
    ["MAX_TOKENS", "4096"],
    ["PASS_THROUGH", "x"],
    ["SESSION_COOKIE", "_panel"],
    ["CHAT_TOKEN_PUBLIC_KEYS", "x"],
    ["COMPASS", "north"],
    ["CONNECTION", "Server=db;Password=$(PGPASSWORD);Encrypt=true"],
    ["VAPID_PUBLIC_KEY", "BOg7"],
    ["RECAPTCHA_SITE_KEY", "6Le"],
    ["STRIPE_PUBLISHABLE_KEY", "pk_live_1"],
    ["PASSWORD_MIN_LENGTH", "12"],
    ["PASSWORD_LOGIN", "true"],
    ["DATABASE_URL", "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)"],
    ["DB_PASSWORD", "$(PGPASSWORD)"],
  ]) {
    assert(!looksSecret(name!, value), name);
  }
});

test("the nearest word is near, or there is none", () => {
  assert.equal(nearest("replcias", ["replicas", "resources"]), "replicas");
  assert.equal(nearest("Replicas", ["replicas"]), "replicas");
  assert.equal(nearest("storage", ["replicas", "image"]), undefined);
});
