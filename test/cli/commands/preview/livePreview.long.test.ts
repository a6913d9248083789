import assert from "node:assert/strict";
import { test } from "node:test";
import { officialMachine, step } from "../../../support/officialMachine";

const live = ["preview", "prod", "--live", "--production", "prod"];
const says = (...steps: string[]) => `echo '{"steps":[${steps.join()}]}'`;

test("a live preview shows what an up would change, and is 3 where something is in danger", () => {
  const safe = officialMachine(says(step("same", "data")));
  const nothing = safe.switchboard(...live);
  assert.equal(nothing.status, 0, nothing.stderr);
  assert.match(nothing.stdout, /^Preview of stack prod: nothing would change\.\n[\s\S]*^Cost: no difference/m);
  assert.match(
    safe.calls(),
    /^pulumi preview --json --show-sames --stack prod --config-file \S*Pulumi\.prod\.yaml --non-interactive$/m,
  );
  assert.doesNotMatch(safe.calls(), /^(pulumi (up|stack init|refresh|destroy)|docker) /m, "nothing is changed");
  const lost = officialMachine(says(step("delete", "data"))).switchboard(...live, "--json");
  assert.equal(lost.status, 3, lost.stderr);
  const { risk, changes, cost } = JSON.parse(lost.stdout);
  assert.equal(risk, "danger");
  assert.deepEqual(
    changes.map(({ operation, name }: any) => [operation, name]),
    [["delete", "data"]],
  );
  assert.equal(cost.currency, "USD");
});

test("a mandatory finding is 3, a preview that fails is 1 with its errors", () => {
  const open = step("create", "data").replace(
    '"region"',
    '"settings":{"ipConfiguration":{"ipv4Enabled":true}},"region"',
  );
  const found = officialMachine(says(open)).switchboard(...live);
  assert.equal(found.status, 3, found.stderr);
  assert.match(found.stdout, /^Policies\n {2}mandatory: /m);
  const error = '{"severity":"error","message":"google: could not find default credentials"}';
  const failing = officialMachine(`echo '{"diagnostics":[${error}]}'; exit 255`);
  assert.match(JSON.parse(failing.switchboard(...live, "--json").stdout).error.message, /^google: could not find/);
  const failed = failing.switchboard(...live);
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /^Preview of stack prod: it failed\.\n\nWhat failed\n {2}error: google: could not find/);
});

test("its flags are passed on, and without --live they are refused", () => {
  const { switchboard, calls } = officialMachine(says());
  switchboard(...live, "--refresh", "--policy-pack", "review/policyPack");
  assert.match(
    calls(),
    /^pulumi preview --json --show-sames --refresh --policy-pack \/\S+\/review\/policyPack --stack prod /m,
  );
  for (const flags of [["--refresh"], ["--policy-pack", "x"]]) {
    assert.equal(switchboard("preview", "prod", ...flags).status, 2, `${flags}`);
  }
});

test("production is not looked at without a yes, and a stack that is not there is not made", () => {
  const { switchboard, calls } = officialMachine(says());
  assert.equal(switchboard("preview", "prod", "--live").status, 4);
  assert.equal(calls(), "");
  const none = officialMachine(says(), { known: [] });
  const { status, stderr } = none.switchboard(...live);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /the state's backend holds no stack prod: there is nothing to compare with[\s\S]*switchboard up prod/,
  );
  assert.doesNotMatch(none.calls(), /pulumi (stack init|preview)/);
});
