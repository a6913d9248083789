import assert from "node:assert/strict";
import { test } from "node:test";
import { command } from "../../../../cli/commands/pulumi";
import { accessOf } from "../../../../cli/commands/pulumi/pulumi";
import { takesStack } from "../../../../engine/stack/pulumiArguments";
import { call } from "../../core/support/fake";

test("a command of the CLI looks, or may change something; what is not known may", () => {
  const cases: readonly (readonly [words: string, access: string])[] = [
    ["", "none"],
    ["version", "none"],
    ["up --help", "none"],
    ["preview --diff", "read"],
    ["preview", "read"],
    ["stack", "read"],
    ["stack output firstLogin --show-secrets", "read"],
    ["stack export --file x.json", "read"],
    ["stack --show-urns", "read"],
    ["stack rm", "write"],
    ["stack import --file x.json", "write"],
    ["--color always stack rm", "write"],
    ["-C folder up", "write"],
    ["config", "read"],
    ["config get switchboard:panel", "read"],
    ["config set a b", "write"],
    ["config rm a", "write"],
    ["refresh", "write"],
    ["refresh --preview-only", "read"],
    ["up", "write"],
    ["destroy", "write"],
    ["cancel", "write"],
    ["state delete urn", "write"],
    ["import a b c", "write"],
    ["whatever comes next", "write"],
  ];
  for (const [words, access] of cases) {
    assert.equal(accessOf(words.split(" ").filter(Boolean)), access, words);
  }
});

test("a stack is named where the CLI takes one, and not where it refuses to be given one", () => {
  for (const words of [
    "stack output",
    "preview --diff",
    "config",
    "about",
    "state delete urn",
    "cancel",
    "--color always up",
  ])
    assert.ok(takesStack(words.split(" ")), words);
  for (const words of ["version", "help", "whoami", "plugin ls", "schema check x", "package get-schema aws", "--help"])
    assert.ok(!takesStack(words.split(" ")), words);
});

test("production is asked for by what the CLI would do; another stack cannot be slipped in", async () => {
  const env = { SWITCHBOARD_STACK: "prod" };
  const destroyed = await call([command], "pulumi destroy --yes", { env });
  assert.equal(destroyed.code, 4);
  assert.match(destroyed.stderr, /pulumi needs a clear yes to change it/);
  const exported = await call([command], "pulumi prod stack export");
  assert.equal(exported.code, 4);
  assert.match(exported.stderr, /the stack prod is production.*pulumi needs a clear yes to look at it/);
  assert.equal((await call([command], "pulumi -s dev prod stack export")).code, 2);
  for (const other of ["--stack prod", "--stack=prod", "-s prod", "-ys prod", "-sprod"]) {
    const { code, stderr } = await call([command], `pulumi dev stack export ${other}`);
    assert.equal(code, 2, other);
    assert.match(stderr, /is not passed on/);
  }
  assert.match((await call([command], "pulumi dev")).stderr, /no command was given/);
});
