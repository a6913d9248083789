import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isSecretKey, withoutShapes } from "../../../lib/masking";
import { Redactor } from "../../../review/plan/secrets";

const pair = (before: unknown, after: unknown, type = "a:b:C", secretProperties: string[] = []) =>
  new Redactor().pair(before, after, { type, secretProperties: new Set(secretProperties) });

describe("a value is masked on both sides", () => {
  test("if the engine calls it secret on either", () => {
    assert.deepEqual(pair({ a: "[secret]", b: 1 }, { a: "now in clear", b: 1 }).after, { a: "[secret]", b: 1 });
    assert.deepEqual(pair({ a: { b: ["was in clear"] } }, { a: "[secret]" }).before, { a: "[secret]" });
  });

  test("if its element of a list is, wherever that stands", () => {
    const before = {
      env: [
        { name: "A", value: "plain" },
        { name: "B", value: "hidden-value" },
      ],
    };
    const after = {
      env: [
        { name: "B", value: "[secret]" },
        { name: "A", value: "plain" },
      ],
    };
    assert.deepEqual(pair(before, after).before, {
      env: [
        { name: "A", value: "plain" },
        { name: "B", value: "[secret]" },
      ],
    });
    const words = pair({ args: ["--verbose", "--key", "hidden-value"] }, { args: ["--key", "[secret]"] });
    assert.deepEqual(
      words.before,
      { args: ["[secret]", "--key", "[secret]"] },
      "what is not in clear on the other side",
    );
  });

  test("if the provider or the program lists it", () => {
    const { before, after } = pair({ auth: "a", port: 1 }, { auth: ["b"], port: 1 }, "a:b:C", ["auth"]);
    assert.deepEqual(
      [before, after],
      [
        { auth: "[secret]", port: 1 },
        { auth: "[secret]", port: 1 },
      ],
    );
  });

  test("if it is in a Secret of Kubernetes; its keys are shown", () => {
    const type = "kubernetes:core/v1:Secret";
    assert.deepEqual(pair({ data: { a: "YQ==" } }, { data: { a: "Yg==", b: "Yw==" } }, type), {
      before: { data: { a: "[secret]" } },
      after: { data: { a: "[secret]", b: "[secret]" } },
    });
    assert.deepEqual(pair({ stringData: { a: "x" } }, { stringData: "[unknown]" }, type).before, {
      stringData: "[secret]",
    });
    assert.deepEqual(pair({ data: { a: "x" } }, {}, "kubernetes:core/v1:ConfigMap").before, { data: { a: "x" } });
  });

  test("if its key says so", () => {
    const value = {
      masterPassword: "abc",
      user: "u",
      nested: { apiToken: "t", tokenTtl: "1h" },
      pair: [{ name: "DB_PASSWORD", value: "v" }],
    };
    assert.deepEqual(pair(undefined, value).after, {
      ...{ masterPassword: "[secret]", user: "u", nested: { apiToken: "[secret]", tokenTtl: "1h" } },
      pair: [{ name: "DB_PASSWORD", value: "[secret]" }],
    });
  });
});

test("keys that hold secrets, and those that only look like it", () => {
  const yes =
    "password adminPassword MAIL_PASSWORD token authToken chat.token private-key privateKey secretKey SECRET_KEY apiKey cookie kubeconfig PGPASS passwords client_secret CHAT_TOKEN_KEY accessKey db_pwd";
  const no =
    "secretName keyName secretKeyRef tokenExpirationSeconds httpTokens automountServiceAccountToken1 publicKey key name kmsKeyId passwordGeneration user PGUSER privateKeyAlgorithm compass tokenizer";
  for (const key of yes.split(" ")) assert.ok(isSecretKey(key), key);
  for (const key of no.split(" ")) assert.ok(!isSecretKey(key), key);
});

const opening: Record<string, string> = {
  "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
  "a private key that was cut": "-----BEGIN PRIVATE KEY-----\nMIIEow",
  "a private key in base64": Buffer.from(
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA\n-----END EC PRIVATE KEY-----",
  ).toString("base64"),
  "a JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  "a key id of AWS": "AKIAIOSFODNN7EXAMPLE",
  "a token of GitHub": `ghp_${"a1".repeat(18)}`,
  "a token of GitLab": `glpat-${"a1".repeat(10)}`,
  "an API key of Google": `AIza${"a".repeat(35)}`,
  "a token of Slack": "xoxb-1234567890-abcdef",
  "a token of Pulumi": `pul-${"0".repeat(40)}`,
  "a hash of a password": "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
  "a password of SCRAM": "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy",
};

test("texts that open something are masked wherever they stand", () => {
  for (const [what, text] of Object.entries(opening)) {
    assert.equal(withoutShapes(text), "[secret]", what);
    const within = withoutShapes(`before ${text} \nafter`);
    assert.ok(!within.includes(text.slice(-12)), `${what} within a text: ${within}`);
    assert.match(within, /^before \[secret\]/, what);
  }
});

test("of a text of which a part opens something, the rest stays", () => {
  const cases: [string, string][] = [
    ["postgres://panel:s3cr3t@db:5432/x?a=1", "postgres://panel:[secret]@db:5432/x?a=1"],
    ["redis://:p%40ss@cache:6379", "redis://:[secret]@cache:6379"],
    ["host=db password=hunter2 sslmode=require", "host=db password=[secret] sslmode=require"],
    ['{"user":"a","password":"hun\\"ter2"}', '{"user":"a","password":"[secret]"}'],
    ["a: 1\n  password: hunter2\nb: 2", "a: 1\n  password: [secret]\nb: 2"],
    ["Authorization: Bearer abcdef0123456789", "Authorization: Bearer [secret]"],
    ["port 6379\nrequirepass hunter2\n", "port 6379\nrequirepass [secret]\n"],
  ];
  for (const [text, shown] of cases) assert.equal(withoutShapes(text), shown);
});

test("texts that open nothing stay", () => {
  const texts = [
    "https://panel.switchboard.dev/socket",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "password_encryption = 'scram-sha-256'",
    "arn:aws:iam::123456789012:role/switchboard-deployer",
    `docker.io/library/nginx@sha256:${"0".repeat(64)}`,
    "panel.password: is too short; use 12 characters or more",
    "proxy_set_header X-Token $token;",
  ];
  for (const text of texts) assert.equal(withoutShapes(text), text);
});

test("a kubeconfig is masked whole, as YAML and as JSON", () => {
  const yaml = "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: a, user: {token: x}}]\n";
  assert.equal(withoutShapes(yaml), "[secret]");
  assert.equal(withoutShapes('{"kind":"Config","clusters":[],"users":[]}'), "[secret]");
});

test("what was learnt as a secret is masked in every other text", () => {
  const redactor = new Redactor(["from-the-settings"], ["switchboard"]);
  redactor.pair(
    { a: "[secret]", b: "[secret]" },
    { a: 'quo"ted-value', b: "switchboard" },
    { type: "a:b:C", secretProperties: new Set() },
  );
  assert.equal(redactor.text('it said quo"ted-value and from-the-settings'), "it said [secret] and [secret]");
  assert.equal(redactor.text(JSON.stringify({ x: 'quo"ted-value' })), '{"x":"[secret]"}');
  assert.equal(redactor.text(Buffer.from('quo"ted-value').toString("base64")), "[secret]");
  assert.equal(redactor.text("namespace switchboard"), "namespace switchboard", "names are no secrets");
});

test("a secret on one side is never seen on the other, whatever surrounds it", () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const key = fc.constantFrom("a", "b", "name", "value", "env", "data", "__proto__", "constructor");
  const hidden = "QmF0dGVyeS1TdGFwbGU";
  const tree = (leaf: string) =>
    fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.constant(leaf),
        fc
          .record({ key, below: tie("node"), beside: json })
          .map(({ key, below, beside }) => ({ [key]: below, beside })),
        fc.record({ below: tie("node"), beside: fc.array(json) }).map(({ below, beside }) => [...beside, below]),
      ),
    })).node;
  fc.assert(
    fc.property(tree(hidden), (value) => {
      const other = JSON.parse(JSON.stringify(value).replaceAll(hidden, "[secret]"));
      const masked = pair({ top: value }, { top: other });
      assert.ok(!JSON.stringify(masked).includes(hidden), JSON.stringify(masked));
    }),
  );
});
