import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bringUp } from "../../../../cli/commands/up/up";
import { machine, officialMachine, step } from "../../../support/officialMachine";
import { repository } from "../../../support/plan";

test("production is not reached before a clear yes, and --yes is none", () => {
  const { calls, up } = officialMachine("true");
  for (const flags of [[], ["--yes"]]) {
    const { status, stderr } = up(...flags);
    assert.equal(status, 4);
    assert.match(stderr, /the stack prod is production, and up needs a clear yes to change it; nothing was reached/);
    assert.match(stderr, /what to do: give --production prod/);
  }
  assert.equal(up("--yes", "--production", "dev").status, 4);
  assert.equal(calls(), "");
});

test("a cloud stack is looked at first, and nothing is changed while nobody has said yes", () => {
  const { calls, up } = officialMachine(`echo '{"steps":[${step("delete", "data")},${step("create", "other")}]}'`);
  const { status, stdout, stderr } = up("--production", "prod");
  assert.equal(status, 4);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /Preview of stack prod: 1 to delete, 1 to create; 0 stay as they are\. Something is in danger\./,
  );
  assert.match(stderr, /- data {2}gcp:sql\/databaseInstance:DatabaseInstance\n[\s\S]*\+ other/);
  assert.match(stderr, /This changes the stack prod as above\. There is no terminal to answer on\.[\s\S]*give --yes/);
  assert.doesNotMatch(calls(), /^(pulumi up|docker) /m, "no image was made for what may never be wanted");
});

test("with --yes it goes on, with official parts; images are made after the look", () => {
  const { calls, up } = officialMachine(`echo '{"steps":[${step("create", "data")}]}'`);
  const { status, stdout, stderr } = up("--production", "prod", "--yes");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /prod is up after .*; 1 create\./);
  assert.match(stdout, /official plugins/);
  assert.match(
    calls(),
    /^pulumi preview [\s\S]*^docker build [\s\S]*^pulumi up --yes .*--stack prod --config-file \S*Pulumi\.prod\.yaml$/m,
  );
});

test("--json is one document, whatever the tools write", () => {
  const { up } = officialMachine(`echo '{"steps":[${step("create", "data")}]}'`);
  const { status, stdout } = up("--production", "prod", "--yes", "--json");
  assert.equal(status, 0);
  const { stack, changes, outputs } = JSON.parse(stdout);
  assert.deepEqual({ stack, changes }, { stack: "prod", changes: { create: 1 } });
  assert.equal(outputs.panelUrl, "https://panel.switchboard.dev");
});

test("wrong settings are told before a tool is started", async () => {
  const stackFile = join(machine, "Pulumi.wrong.yaml");
  const prod = readFileSync(join(repository, "Pulumi.prod.yaml"), "utf8");
  writeFileSync(stackFile, prod.replace("    stage: prod", "    stge: prod"));
  const steps: string[] = [];
  const refused = bringUp(
    { stack: "wrong", stackFile, local: false, cloud: "gcp", ports: { https: 8443, http: 8080 } },
    {
      progress: {
        step: (title, work) => {
          steps.push(title);
          return work(() => {});
        },
        note: () => {},
      },
      signal: new AbortController().signal,
      approve: () => assert.fail("nothing is previewed"),
    },
  );
  await assert.rejects(refused, { name: "SettingsError", message: /operations\.stge: unknown key/ });
  assert.deepEqual(steps, ["checking the settings"]);
});

test("a preview that the engine refuses ends it, with a hint where a cloud has said no", () => {
  const refused = officialMachine(
    `echo '{"diagnostics":[{"severity":"error","message":"unable to delete resource data: it is protected"}]}'; exit 255`,
  );
  const protectedData = refused.up("--production", "prod", "--yes");
  assert.equal(protectedData.status, 1);
  assert.match(
    protectedData.stderr,
    /pulumi preview of prod failed:\n {2}unable to delete resource data: it is protected/,
  );
  assert.doesNotMatch(refused.calls(), /^(pulumi up|docker) /m);
  const loggedOut = officialMachine(
    `echo '{"diagnostics":[{"severity":"error","message":"google: could not find default credentials"}]}'; exit 255`,
  ).up("--production", "prod", "--yes");
  assert.match(loggedOut.stderr, /what to do: .*gcloud auth application-default login/);
});
