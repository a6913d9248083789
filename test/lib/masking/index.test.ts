import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { masked, withoutShapes } from "../../../lib/masking";
import { Redactor } from "../../../review/plan/secrets";
import { repository } from "../../support/plan";
import { made, secretForms, tokens } from "../../support/secretForms";

describe("every form of a secret in free text is masked", () => {
  for (const [name, { text, secret, stays }] of Object.entries(secretForms())) {
    test(name, () => {
      for (const around of [text, `${text}\n`, `first\r\n${text}`]) {
        const shown = withoutShapes(around);
        assert.ok(!shown.includes(secret), shown);
        // No part either that would be half of it.
        const half = Math.ceil(secret.length / 2);
        assert.ok(!shown.includes(secret.slice(0, half)) && !shown.includes(secret.slice(-half)), shown);
        assert.match(shown, /\[secret\]/);
        if (stays) assert.ok(shown.includes(stays), `${JSON.stringify(stays)} is gone: ${shown}`);
        assert.equal(withoutShapes(shown), shown, "masked twice is masked once");
      }
    });
  }
});

describe("a token is masked wherever a line end or a colour stands in it", () => {
  for (const [name, token] of Object.entries(tokens)) {
    test(name, () => {
      for (let at = 1; at < token.length; at++) {
        const [head, tail] = [token.slice(0, at), token.slice(at)];
        const coloured = withoutShapes(`a ${head}\u001b[31;1m${tail} b`);
        assert.ok(!coloured.includes(head.slice(-8)) || head.length < 8, coloured);
        assert.ok(!coloured.includes(tail.slice(0, 8)) || tail.length < 8, coloured);
        assert.match(coloured, /^a .*\[secret\].* b$/);
        for (const wrap of ["\n", "\r\n  ", "\\\n\t"]) {
          const shown = withoutShapes(`a ${head}${wrap}${tail}\nnext: line`);
          const seen = shown.split("[secret]").join("");
          // What is left over of a broken one opens nothing.
          assert.ok(longest(seen, token) < 16, `${at}: ${shown}`);
          assert.match(shown, /next: line$/);
        }
      }
    });
  }
});

/** Length of the longest part of a token that a text shows. */
function longest(text: string, token: string): number {
  let most = 0;
  for (let from = 0; from < token.length; from++) {
    while (from + most < token.length && text.includes(token.slice(from, from + most + 1))) most++;
  }
  return most;
}

const hex = (length: number) => made(length, "innocent", "0123456789abcdef");
/** Texts that open nothing, and that people have to be able to read. */
const innocent: readonly string[] = [
  `docker.io/library/nginx:1.29.3@sha256:${hex(64)}`,
  `oci://registry.example.com:5000/charts/x@sha256:${hex(64)}`,
  `commit ${hex(40)}`,
  `https://github.com/acme/shop/commit/${hex(40)}`,
  `etag: "${hex(32)}"`,
  "arn:aws:iam::123456789012:role/switchboard-deployer",
  "arn:aws:secretsmanager:eu-central-1:123456789012:secret:switchboard-prod-panel-AbCdEf",
  "projects/acme/secrets/panel-password/versions/3",
  "urn:pulumi:prod::switchboard::kubernetes:core/v1:Secret::panel-password",
  "urn:pulumi:prod::switchboard::random:index/randomPassword:RandomPassword::session-secret",
  "//container.googleapis.com/projects/p/locations/europe-west3/clusters/c",
  "subnet-0a1b2c3d4e5f60718 sg-0a1b2c3d4e5f60718 vpc-0a1b2c3d4e5f60718 eni-0a1b2c3d4e5f60718",
  "123e4567-e89b-12d3-a456-426614174000",
  "/var/run/secrets/kubernetes.io/serviceaccount/token",
  "token: /var/run/secrets/kubernetes.io/serviceaccount/token",
  "password_file=/etc/postgres/password",
  "lib/masking/index.ts:45:7 - error TS2345: token is not assignable",
  "https://registry.npmjs.org:443/@pulumi/kubernetes",
  "https://user.example.com:8443/people/me@example.com",
  "https://example.com/path?email=me@example.com&page=2",
  "ssh://git@github.com/acme/shop.git",
  "git@github.com:acme/shop.git",
  "http://[::1]:8080/a@b",
  "mailto:me@example.com",
  "panel.password: is too short; use 12 characters or more",
  "MAIL_PASSWORD: not set",
  "secret: must be a text",
  "token: expired",
  "password: wrong",
  'Error: secrets "panel-settings" not found',
  'MountVolume.SetUp failed for volume "config" : secret "panel" not found',
  'password authentication failed for user "panel"',
  "pulumi config set panel.replicas 3; pulumi config set --secret --path panel.secretEnv.KEY",
  "ENV PORT 3000\nARG NODE_VERSION\nENV TOKEN_FILE /run/secrets/token",
  'echo "$TOKEN" | docker login --password-stdin',
  "curl -k https://example.com:8443/a and tar -k",
  'Error: password "short" is too short',
  "https -a list of names",
  "Basic authentication is off; Bearer authentication is on",
  "use --password-file or --password-stdin",
  "--token is required",
  "exchanges the apps' database passwords: both are valid during the rollout",
  "AWS does not know these credentials: look at who you are",
  "the kubeconfig of EKS asks it for a token: install it, then run this again",
  "kubectl --kubeconfig ./mine --context lab --kubeconfig=/srv/x/config",
  "pulumi stack output firstLogin --show-secrets     # the first log-in",
  "log in with `pulumi stack output firstLogin --show-secrets`. The panel asks for a password of your own",
  "variables that are secret, stored with `--secret`; workers get them too",
  "is stored in clear and must be stored with --secret; run: pulumi config set --secret --path panel.secretEnv.KEY",
  "is stored with --secret, and env is readable for everyone; use secretEnv with --secret: a, b",
  "use secretEnv: pulumi config set --secret --path panel.secretEnv.KEY, then pulumi config rm --path panel.env.KEY",
  "pulumi config set --secret panel.adminPassword",
  "mkdir -p /var/lib/postgres && ssh -p 2222 host && docker run -p 8080:80 nginx",
  "curl -u panel https://example.com",
  "password: $" + "{DB_PASSWORD}",
  "password: $(PGPASSWORD)",
  "proxy_set_header X-Token $token;",
  "token: {{ .Values.token }}",
  "--password <password>",
  "password: ********",
  "secretName: panel-tls\nkeyName: tls\nsecretKeyRef:\n  name: panel\n  key: password-1",
  "imagePullSecrets:\n  - name: regcred",
  "tokenExpirationSeconds: 3600",
  "automountServiceAccountToken: false",
  "kubeconfig: (known after up)",
  "secretKeyRef:\n  key: password\n- name: PGSSLMODE\n  value: verify-full",
  "password_encryption = 'scram-sha-256'",
  "ssl_session_tickets off; ssl_certificate_key /etc/nginx/tls/tls.key;",
  "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
  Buffer.from("hello world").toString("base64"),
  Buffer.from("a longer text that is in base64 and says nothing").toString("base64"),
  "dGVzdA==",
  "node v22.11.0 (linux/arm64), pulumi v3.262.0, kubernetes v1.34.2+k3s1",
  "kubectl.kubernetes.io/last-applied-configuration",
  "sk-SK locale, task-sk-1, disk-size",
  "fix: the token of the chat is checked twice (#12)",
  "https://discord.com/invite/abc and https://slack.com/help",
  "user panel is missing; account balance: 12",
  "# pass 12\n# fail 0",
  "max_connections=100 shared_buffers=128MB",
  "| table | of a | comment |\n|---|---|---|\n| `a` | `b` | 12 |",
  'r5["~ chat-cookie-current<br/>Secret"]:::update',
  'r0["± postgres-administrator-password<br/>RandomPassword"]:::replace',
  "created: pods/panel-7d9c5b6f4d-x2x4z in namespace switchboard-prod",
];

test("texts that open nothing stay readable, to the letter", () => {
  for (const text of innocent) assert.equal(withoutShapes(text), text);
  const all = innocent.join("\n");
  assert.equal(withoutShapes(all).split("[secret]").length - 1, 0, "nor do they together");
});

test("what the guides tell people to read and to type stays readable", () => {
  const docs = readdirSync(join(repository, "docs")).filter((file) => file.endsWith(".md"));
  for (const file of ["README.md", ...docs.map((name) => join("docs", name))]) {
    for (const line of readFileSync(join(repository, file), "utf8").split("\n"))
      assert.equal(withoutShapes(line), line, file);
  }
});

test("a secret that is known is masked in the spellings that texts have for it", () => {
  const known = `${made(20, "known")} "&+/ü`;
  const redactor = new Redactor([known]);
  const spellings: Record<string, string> = {
    itself: known,
    JSON: JSON.stringify(known),
    "JSON in JSON": JSON.stringify(JSON.stringify(known)),
    address: encodeURIComponent(known),
    form: new URLSearchParams({ a: known }).toString(),
    base64: Buffer.from(known).toString("base64"),
    base64url: Buffer.from(known).toString("base64url"),
    "base64 behind one character": Buffer.from(`:${known}`).toString("base64"),
    "base64 behind a name": Buffer.from(`panel:${known}`).toString("base64"),
    "base64 behind two characters": Buffer.from(`a:${known}`).toString("base64"),
    hexadecimal: Buffer.from(known).toString("hex"),
    coloured: `${known.slice(0, 9)}\u001b[1m${known.slice(9)}`,
  };
  for (const [name, text] of Object.entries(spellings)) {
    assert.match(redactor.text(`x ${text} y`), /^x .*\[secret\]/s, name);
    assert.ok(!redactor.text(`x ${text} y`).includes(text.slice(6, 22)), name);
  }
});

// --- time

/** What hostile texts are made of: everything that a rule begins, goes on or ends with. */
const pieces = [
  ..."abAB01 \t\n\r\"'`\\=:;,&@/?#%<>[]{}|-_.+$()~",
  ..."password= token: --password -p mysql curl -u :// http:// postgres://a: @ eyJ eyJhbGciOi . AKIA ghp_ SG. $2b$ -----BEGIN PRIVATE_KEY ---- -----END Bearer Basic Authorization: Cookie: name: value: %3D \u001b[31m \u001b] user setuser >x requirepass machine login [secret] LS0tLS1CRUdJTi aHR0cDovL2E6YkBj hooks.slack.com/services/ |- \\n".split(
    " ",
  ),
  "-----BEGIN PRIVATE KEY-----",
  "password: |\n  ",
  "tokens: [",
  'password="',
  'password=\\"',
  "password:\n  ",
];

/** Steps that a character costs at most: a bound of look-backs and of patterns, not of the text's length. */
const perCharacter = 3000;

test("the work grows with the length of a text alone, whatever the text is", () => {
  for (const piece of pieces) {
    for (const unit of [piece, `${piece}a`, `a${piece} `, `${piece}${piece}"`, `${piece}\n`]) {
      const [small, large] = [4000, 32_000].map((length) => masked(unit.repeat(Math.ceil(length / unit.length))).steps);
      // Eight times the text: eight times the work, where squared it would be sixty-four times.
      assert.ok(large! < small! * 16 + 1000, `${JSON.stringify(unit)}: ${small} and ${large} steps`);
      assert.ok(large! < 32_000 * perCharacter, `${JSON.stringify(unit)}: ${large} steps`);
    }
  }
});

test("nor is there a mixture of them that costs more", () => {
  const unit = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((some) => some.join(""));
  fc.assert(
    fc.property(unit, unit, unit, (head, body, tail) => {
      const text = (length: number) => head + body.repeat(Math.ceil(length / body.length)) + tail;
      const [small, large] = [1500, 12_000].map((length) => masked(text(length)).steps);
      assert.ok(large! < small! * 16 + 20_000, `${small} and ${large} steps`);
    }),
    { numRuns: 250 },
  );
});

test("hostile texts are masked without an error, and twice like once", () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })), { maxLength: 40 });
  fc.assert(
    fc.property(text, (some) => {
      const once = withoutShapes(some.join(""));
      assert.equal(typeof once, "string");
    }),
    { numRuns: 500 },
  );
});

test("no pattern of the masker repeats anything without a bound", () => {
  const folder = join(__dirname, "../../../lib/masking/shapes");
  const files = readdirSync(folder).map((file) => join(folder, file));
  for (const file of files) {
    for (const pattern of patternsIn(readFileSync(file, "utf8"))) {
      const bare = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
      assert.doesNotMatch(bare, /[*+]|\{\d+,\}/, `${file}: ${pattern}`);
    }
  }
});

/** Literals of regular expressions in a source. */
function patternsIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?<=[(=,:?&|]\s*|^\s*)\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[a-z]*/gm)].map(
    ([, body]) => body!,
  );
}
