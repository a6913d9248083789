import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../../components/schema/secret";
import { parse, problems } from "./stack";

const stored = (panel: unknown) => ({
  secretLayers: new Set(["panel"]),
  stored: { config: { "switchboard:panel": panel } },
});

test("a secret is not printed by any usual way to print", () => {
  const secret = new Secret("hunter2");
  const nested = { list: [secret] };
  for (const text of [
    String(secret),
    `${secret}`,
    JSON.stringify(nested),
    inspect(nested, { depth: null, showHidden: true }),
  ]) {
    assert.match(text, /\[secret\]/);
    assert.doesNotMatch(text, /hunter2/);
  }
  assert.equal(secret.reveal(), "hunter2");
});

test("a secret variable that the stack's file encrypts is taken", () => {
  const settings = parse(
    (raw) => {
      raw.panel.secretEnv = { SMTP_PASSWORD: "hunter2" };
    },
    stored({ secretEnv: { SMTP_PASSWORD: { secure: "v1:x" } } }),
  );
  assert.equal(settings.panel.secretEnv.SMTP_PASSWORD?.reveal(), "hunter2");
});

test("one clear value beside an encrypted one is found by the stack's file", () => {
  const told = problems(
    (raw) => {
      raw.panel.secretEnv = { A: "x", B: "y" };
    },
    stored({ secretEnv: { A: { secure: "v1:x" }, B: "y" } }),
  );
  assert.deepEqual(told, [
    "panel.secretEnv.B: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path panel.secretEnv.B",
  ]);
});

test("without the stack's file, the engine's word that the layer holds a secret is taken", () => {
  const told = problems(
    (raw) => {
      raw.panel.secretEnv = { A: "x" };
    },
    { secretLayers: new Set(["panel"]) },
  );
  assert.deepEqual(told, []);
});

test("a value that is stored encrypted is in no message, whatever is wrong with it", () => {
  const told = problems(
    (raw) => {
      Object.assign(raw.panel, { firstAdministrator: "hunter2", replicas: "hunter2", env: { A: 77777 } });
    },
    stored({ firstAdministrator: { secure: "x" }, replicas: { secure: "x" }, env: { A: { secure: "x" } } }),
  );
  assert.equal(told.length, 3);
  assert.doesNotMatch(told.join("\n"), /hunter2|77777/);
});

test("a secret variable of a wrong type is refused without showing it", () => {
  const told = problems(
    (raw) => {
      raw.panel.secretEnv = { PIN: 77777 };
    },
    { secretLayers: new Set(["panel"]) },
  );
  assert.deepEqual(told, ['panel.secretEnv.PIN: the value is not text; quote it: "…"']);
});
