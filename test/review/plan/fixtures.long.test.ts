import assert from "node:assert/strict";
import { test } from "node:test";
import { tailOf } from "../../../cli/core/previewTail";
import { type Change, type Risk, type StackPreview, stackPreview } from "../../../review/plan";
import { compareChanges } from "../../../review/plan/order";
import { check } from "../../../review/policies";
import { fixture, fixtureNames } from "../../support/previews/fixtures";
import { situations } from "../../support/previews/situations";

const readAnew = (name: string): StackPreview => {
  const { stdout, stderr, exitCode } = fixture(name);
  return stackPreview(stdout, { stderr, exitCode });
};
/** What has been read: a recording of a whole stack takes a fifth of a second. */
const known = new Map<string, StackPreview>();
const preview = (name: string): StackPreview => {
  const found = known.get(name) ?? readAnew(name);
  known.set(name, found);
  return found;
};
const named = (name: string, resource: string): Change => {
  const found = preview(name).changes.filter((change) => change.name === resource && change.after?.custom !== false);
  assert.equal(found.length, 1, `${resource} in ${name}`);
  return found[0]!;
};

test("every situation is recorded, and nothing else", () => {
  assert.deepEqual(fixtureNames(), situations.map(({ name }) => name).sort());
  assert.ok(situations.length >= 40);
});

/** What each recording comes to: whether the preview succeeded, and how much it can hurt. */
const verdicts: Readonly<Record<string, readonly [succeeded: boolean, risk: Risk]>> = {
  ...{ "nothing-dev": [true, "none"], "nothing-prod": [true, "none"], "nothing-prod-eks": [true, "none"] },
  ...{ "nothing-short": [true, "none"], "left-for-deletion": [true, "none"], "postgres-disk-ignored": [true, "none"] },
  ...{ "first-up-dev": [true, "danger"], "first-up-prod": [true, "danger"], "first-up-prod-eks": [true, "danger"] },
  ...{ "replicas-up": [true, "safe"], "replicas-up-short": [true, "safe"], "replicas-down": [true, "caution"] },
  ...{
    "workers-none": [true, "danger"],
    "pending-operation": [true, "safe"],
    "pending-replacement": [true, "caution"],
  },
  ...{ "component-removed": [true, "caution"], "replace-asked": [true, "caution"], targeted: [true, "safe"] },
  ...{ import: [true, "safe"], "image-change": [true, "safe"], "image-change-dev": [true, "safe"] },
  ...{ "env-variable": [true, "safe"], memory: [true, "safe"], "schedule-time": [true, "safe"] },
  ...{ "schedule-new": [true, "caution"], "schedule-removed": [true, "caution"], "log-level": [true, "safe"] },
  ...{ "postgres-tier": [true, "caution"], "postgres-standby-off": [true, "caution"], "rds-class": [true, "caution"] },
  ...{ "postgres-major-version": [false, "caution"], "postgres-deleted-protected": [false, "danger"] },
  ...{ "postgres-deleted": [true, "danger"], "postgres-volume-larger": [true, "safe"] },
  ...{ "redis-replaced": [true, "danger"], "redis-replaced-protected": [false, "danger"] },
  ...{ "redis-larger-eks": [true, "caution"], "password-generation": [true, "danger"] },
  ...{ "protection-off": [true, "danger"], "protection-off-one": [true, "danger"] },
  ...{ "pool-new": [true, "safe"], "pool-removed": [true, "danger"], "pool-machine-type": [true, "caution"] },
  ...{ "pool-machine-type-eks": [true, "caution"], "kubernetes-version": [true, "caution"] },
  ...{ "namespace-renamed": [true, "danger"], "region-moved": [true, "danger"], "api-open": [true, "danger"] },
  ...{ "api-open-refused": [false, "none"], "api-public-gke": [true, "danger"], "nat-one": [true, "danger"] },
  ...{
    "administrator-new": [true, "caution"],
    "host-renamed": [true, "caution"],
    "certificate-kind": [true, "caution"],
  },
  ...{ "service-public": [true, "danger"], "service-node-port": [true, "danger"], limits: [true, "safe"] },
  ...{ "secret-changed": [true, "safe"], "secret-new": [true, "safe"], "secret-from-plain": [true, "safe"] },
  ...{ "secret-newly-secret": [true, "safe"], unicode: [true, "safe"], injection: [true, "safe"] },
  ...{ "injection-command": [true, "caution"], "long-names": [true, "caution"], "long-values": [true, "safe"] },
  ...{ hundreds: [true, "caution"], "everything-labelled": [true, "caution"], "settings-wrong": [false, "none"] },
  ...{ "program-throws": [false, "none"], "provider-error": [false, "safe"], "policy-veto": [false, "caution"] },
  ...{ "provider-error-secret": [false, "none"], "target-unknown": [false, "none"], "stack-missing": [false, "none"] },
  ...{ "drift-none": [true, "none"], drift: [true, "danger"], "drift-cloud": [true, "danger"] },
  ...{ "drift-expected-none": [true, "danger"], "preview-refresh": [true, "safe"] },
};

for (const name of fixtureNames()) {
  test(`${name}: ${situations.find((situation) => situation.name === name)?.about}`, () => {
    const found = preview(name);
    const reasons = found.changes.flatMap((change) => change.reasons).join("\n");
    assert.deepEqual([found.succeeded, found.risk], verdicts[name], reasons);
    assert.equal(found.project, name === "stack-missing" ? "" : "switchboard");
    assert.deepEqual(readAnew(name), found, "the same every time");
    assert.equal(JSON.stringify(found.changes), JSON.stringify([...found.changes].reverse().sort(compareChanges)));
    assert.equal(found.succeeded, !found.diagnostics.some(({ severity }) => severity === "error"));
    for (const change of found.changes) {
      const { operation, reasons, risk, components } = change;
      assert.notEqual(operation, "same");
      assert.equal(reasons.length > 0, risk === "caution" || risk === "danger", `${change.urn}: ${reasons}`);
      if (operation === "create" || operation === "delete") assert.deepEqual(change.properties, []);
      if (operation === "update" || operation === "replace") assert.ok(change.before && change.after, change.urn);
      // Where the provider itself is not known before the update, the engine takes everything through it for changed.
      const told = change.properties.length > 0 || name === "region-moved";
      if (operation === "update") assert.ok(told, change.urn);
      for (const path of change.forcedBy) assert.doesNotMatch(path, /^(id|replaceWith|deletedWith)$/);
      assert.ok(components.length > 0 || change.before?.parent === "" || change.after?.parent === "", change.urn);
    }
    const urns = found.after.map(({ urn }) => urn);
    assert.deepEqual([...new Set(urns)].sort(), urns);
  });
}

/** Secrets that the situations and the answers of the clouds have. */
const hidden =
  /correct-horse-battery|generated-password|s3cr3t-Passw0rd|c2lnbmF0dXJl|MIIEvQIBADANBgk|opens-nothing|not-known-offline/;

test("no secret of any recording is in what is made of it", () => {
  const raw = fixtureNames().filter((name) => hidden.test(fixture(name).stdout));
  assert.ok(raw.length >= 2, "the recordings themselves have some, or this looks at nothing");
  for (const name of fixtureNames()) assert.doesNotMatch(JSON.stringify(preview(name)), hidden, name);
});

test("a database that is replaced says what forces it, what is lost and where", () => {
  const { operation, forcedBy, reasons, source, components } = named("redis-replaced", "redis-instance");
  assert.deepEqual([operation, forcedBy, components], ["replace", ["tier"], ["redis"]]);
  assert.match(
    reasons[0]!,
    /because tier \(STANDARD_HA → BASIC\) cannot be changed in place: sessions, queued jobs .* are lost\./,
  );
  assert.equal(source?.file, "components/clouds/gcp/redis.ts");
});

test("the line is that of the component and not of what every component is built from", () => {
  assert.equal(named("replicas-up", "panel-deployment").source?.file, "components/apps/panel/index.ts");
  assert.equal(named("limits", "edge-config").source?.file, "components/ingress/index.ts");
});

test("a variable among others is one property, told by its name", () => {
  const { properties } = named("env-variable", "panel-deployment");
  assert.deepEqual(
    properties.map(({ path, kind }) => `${kind} ${path}`),
    [
      "change spec.template.spec.containers[web].env[FEATURE_ROOMS].value",
      "add spec.template.spec.containers[web].env[FEATURE_SEARCH]",
    ],
  );
});

test("protection that is taken away is told of every resource, though the engine calls them the same", () => {
  const { changes } = preview("protection-off");
  const lost = changes.filter(({ properties }) => properties.some(({ path }) => path === "protect"));
  assert.ok(lost.length >= 5);
  assert.ok(lost.every(({ risk, operation }) => risk === "danger" && operation === "update"));
});

test("what was plain and is secret now is seen on neither side", () => {
  const { properties } = named("secret-from-plain", "panel-deployment");
  const value = properties.find(({ path }) => path.endsWith("env[MAIL_RELAY].value"))!;
  assert.deepEqual([value.kind, value.before], ["remove", "[secret]"]);
  const data = named("secret-newly-secret", "panel-session-secret").properties.map(({ before, after }) => [
    before,
    after,
  ]);
  assert.deepEqual(data, [["[secret]", "[secret]"]]);
});

test("errors come first, in the words of whoever said them", () => {
  const first = (name: string) => preview(name).diagnostics[0]!.message;
  assert.match(
    first("settings-wrong"),
    /^4 settings are wrong in stack prod[\s\S]*panel\.replicaz: unknown key; did you mean replicas\?/,
  );
  assert.match(first("program-throws"), /TypeError: Cannot read properties of undefined \(reading 'reference'\)/);
  assert.match(first("provider-error"), /^googleapi: Error 403: Insufficient regional quota/);
  assert.match(first("postgres-major-version"), /postgres\.version: 17 in the place of 16/);
  assert.match(first("policy-veto"), /it leaves out what a policy pack said/);
  assert.match(first("stack-missing"), /^no stack named 'staging' found$/);
  assert.match(
    first("provider-error-secret"),
    /postgres:\/\/panel:\[secret\]@postgres:5432\/switchboard with \[secret\]\n\[secret\]$/,
  );
});

test("what many resources are told is said once", () => {
  const warnings = preview("region-moved").diagnostics.filter(({ severity }) => severity === "warning");
  assert.ok(warnings.length < 5);
  assert.match(warnings.map(({ message }) => message).join("\n"), /said of \d\d resources/);
});

test("a refresh tells what it found, and what is gone", () => {
  const changes = preview("drift").changes.map(({ operation, name, after }) => [operation, name, after !== undefined]);
  assert.deepEqual(changes, [
    ["refresh", "chat-service", true],
    ["refresh", "policies-deny-all", false],
    ["refresh", "panel-deployment", true],
  ]);
  assert.deepEqual(preview("drift").changes, preview("drift-expected-none").changes);
});

test("without what stays the same, a change still knows its component", () => {
  assert.deepEqual(named("replicas-up-short", "panel-deployment").components, ["panel"]);
  assert.deepEqual(named("replicas-up", "panel-deployment").components, ["panel", "panel"]);
});

test("resources before and after are whole, for costs, policies and graphs", () => {
  const [nothing, added] = [preview("nothing-prod"), preview("pool-new")];
  assert.deepEqual(
    nothing.before.map(({ urn }) => urn),
    nothing.after.map(({ urn }) => urn),
  );
  assert.equal(added.after.length, added.before.length + 1);
  assert.deepEqual(preview("first-up-prod").before, []);
  assert.ok(nothing.after.every(({ urn, type }) => urn.includes("::prod::") || type.length > 0));
});

test("a report without what stays the same is known as one, and nothing is said of the stack as a whole", () => {
  for (const name of ["replicas-up", "nothing-prod", "drift", "protection-off", "targeted"]) {
    assert.equal(preview(name).partial, undefined, name);
  }
  const [whole, part] = [preview("replicas-up"), preview("replicas-up-short")];
  assert.equal(part.partial, true);
  assert.equal(preview("nothing-short").partial, true);
  assert.deepEqual(part.counts, whole.counts);
  // Without the cluster's provider and the deny-all policy in the report, the rules about the stack would find both missing.
  assert.deepEqual(tailOf(part), { findings: [], cost: undefined });
  assert.deepEqual(tailOf(whole).findings, []);
  assert.ok(tailOf(whole).cost!.before.total.likely > 0);
  assert.notDeepEqual(check(part.after), []);
});
