import assert from "node:assert/strict";
import { test } from "node:test";
import { previewLines, previewValue } from "../../../cli/core/previewReport";
import { tailOf } from "../../../cli/core/previewTail";
import { stackPreview } from "../../../review/plan";
import { fixture, fixtureNames } from "../../support/previews/fixtures";

const style = { width: 100, valueWidth: 100, colours: false };
const parent = "urn:pulumi:prod::switchboard::switchboard:apps:Panel::panel";
const component = { urn: parent, type: "switchboard:apps:Panel", custom: false, inputs: {} };
const urn = (type: string, name: string) => `urn:pulumi:prod::switchboard::switchboard:apps:Panel$${type}::${name}`;
const state = (type: string, name: string, inputs: object, more: object = {}) => ({
  ...{ urn: urn(type, name), type, custom: true, parent, inputs, ...more },
});
const same = { op: "same", urn: parent, oldState: component, newState: component };

const deployment = "kubernetes:apps/v1:Deployment";
const database = "gcp:sql/databaseInstance:DatabaseInstance";

function report(...steps: object[]): string {
  return JSON.stringify({ steps: [same, ...steps], duration: 5e9 });
}

function update(before: object, after: object, detailedDiff: object) {
  const [oldState, newState] = [state(deployment, "web", before), state(deployment, "web", after)];
  return { op: "update", urn: urn(deployment, "web"), oldState, newState, detailedDiff };
}

test("verdict, dangers with what forces them, changes by component", () => {
  const old = state(database, "data", { region: "europe-west1" });
  const preview = stackPreview(
    report(
      update({ spec: { replicas: 2 } }, { spec: { replicas: 3 } }, { "spec.replicas": { kind: "update" } }),
      { op: "create", urn: urn(deployment, "worker"), newState: state(deployment, "worker", { spec: {} }) },
      {
        op: "replace",
        urn: old.urn,
        oldState: old,
        newState: state(database, "data", { region: "europe-west4" }),
        detailedDiff: { region: { kind: "update-replace" } },
        replaceReasons: ["region"],
      },
    ),
  );
  const lines = previewLines(preview, { style });
  const text = lines.join("\n");
  assert.match(
    lines.slice(0, 2).join(" ").replace(/ +/g, " "),
    /^Preview of stack prod: 1 to replace, 1 to change, 1 to create; \d stay as they are\. Something is in danger\.$/,
  );
  assert.match(
    text,
    /^Look at these first\n {2}danger: replace DatabaseInstance data\n {4}DatabaseInstance data .*region/m,
  );
  assert.match(text, /^panel$/m);
  assert.match(
    text,
    /^ {2}± data {2}gcp:sql\/databaseInstance:DatabaseInstance\n {6}region: "europe-west1" → "europe-west4"/m,
  );
  assert.match(text, /^ {2}~ web {2}kubernetes:apps\/v1:Deployment\n {6}spec\.replicas: 2 → 3$/m);
  assert.match(text, /^ {2}\+ worker {2}/m);
  assert.ok(
    lines.every((line) => line.length <= 100),
    "as wide as the terminal",
  );
});

test("nothing to do is one sentence; a failure tells its errors first", () => {
  assert.deepEqual(previewLines(stackPreview(report()), { style }), ["Preview of stack prod: nothing would change."]);
  const failed = stackPreview(
    JSON.stringify({
      steps: [],
      diagnostics: [{ severity: "error", message: "no such zone", urn: urn(database, "data") }],
    }),
    { project: "switchboard", stack: "prod", exitCode: 255 },
  );
  assert.deepEqual(previewLines(failed, { style }), [
    "Preview of stack prod: it failed.",
    "",
    "What failed",
    "  error: DatabaseInstance data: no such zone",
  ]);
  assert.deepEqual(tailOf(failed), { findings: [], cost: undefined });
});

test("long things are shortened unless everything is wanted", () => {
  const values = (text: string) => Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, text]));
  const diff = Object.fromEntries(Object.keys(values("")).map((key) => [`data.${key}`, { kind: "update" }]));
  const preview = stackPreview(report(update({ data: values("x") }, { data: values("y".repeat(500)) }, diff)));
  const short = previewLines(preview, { style }).join("\n");
  assert.match(short, /and 8 more; --verbose shows them/);
  assert.match(short, /y…/);
  const long = previewLines(preview, { style, verbose: true }).join("\n");
  assert.doesNotMatch(long, /…|more; --verbose/);
});

test("what a value holds cannot act on the terminal", () => {
  const evil = "a\x1b]0;title\x07\x1b[2Jb\u202Ec\u0085d\rnothing would change";
  const preview = stackPreview(
    report(update({ data: { x: "old" } }, { data: { x: evil } }, { "data.x": { kind: "update" } }), {
      op: "create",
      urn: urn(deployment, `n${evil}`),
      newState: state(deployment, `n${evil}`, {}),
    }),
  );
  const text = previewLines(preview, { style, verbose: true }).join("\n");
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  assert.match(text, /would change/);
});

test("secrets are masked, also as JSON, which leaves out what stays as it is", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  const preview = stackPreview(
    report(
      update(
        { data: { password: secret } },
        { data: { password: "hunter-22" } },
        { "data.password": { kind: "update" } },
      ),
    ),
  );
  const value = JSON.stringify(previewValue(preview, tailOf(preview)));
  assert.doesNotMatch(value, /hunter-22|v1:abc/);
  assert.doesNotMatch(previewLines(preview, { style, verbose: true }).join("\n"), /hunter-22|v1:abc/);
  const { changes, before, findings, cost, counts } = JSON.parse(value);
  assert.equal(changes.length, 1);
  assert.equal(changes[0].after, undefined);
  assert.equal(before, undefined);
  assert.ok(Array.isArray(findings));
  assert.equal(cost.currency, "USD");
  assert.equal(counts.update, 1);
});

test("findings and the difference in cost are the tail", () => {
  const disk = (tier: string) => ({
    databaseVersion: "POSTGRES_15",
    region: "europe-west1",
    settings: {
      tier,
      diskSize: 20,
      diskType: "PD_SSD",
      availabilityType: "ZONAL",
      ipConfiguration: { ipv4Enabled: true },
    },
  });
  const preview = stackPreview(
    report({
      op: "update",
      urn: urn(database, "data"),
      oldState: state(database, "data", disk("db-custom-1-3840")),
      newState: state(database, "data", disk("db-custom-4-15360")),
      detailedDiff: { "settings.tier": { kind: "update" } },
    }),
  );
  const tail = tailOf(preview);
  assert.ok(
    tail.findings.some(({ level }) => level === "mandatory"),
    "a public database",
  );
  const text = previewLines(preview, { style, ...tail }).join("\n");
  assert.match(text, /^Policies\n {2}mandatory: /m);
  assert.match(text, /^ {4}what to do: /m);
  assert.match(text, /^Cost: \+\d+ USD a month \(\d+ to \d+\): from about \d+ to \d+\.$/m);
});

test("every recorded preview is as wide as the terminal, acts on nothing, and is the same each time", () => {
  for (const name of fixtureNames()) {
    const { stdout, stderr, exitCode, stack } = fixture(name);
    const options = { project: "switchboard", stack, stderr, exitCode };
    const shown = () => {
      const preview = stackPreview(stdout, options);
      return previewLines(preview, { ...tailOf(preview, true), style, verbose: true });
    };
    const lines = shown();
    assert.match(lines[0]!, new RegExp(`^Preview of stack ${stack}: `), name);
    assert.deepEqual(
      lines.filter((line) => line.length > style.width && !/^ {2}[-+~±←→≠·] /.test(line)),
      [],
      name,
    );
    assert.doesNotMatch(lines.join("\n"), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/, name);
    assert.deepEqual(shown(), lines, name);
  }
});
