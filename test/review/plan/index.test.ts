import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { offlinePreview, stackPreview } from "../../../review/plan";
import { recordedPlan, stackConfig } from "../../support/plan";
import { fixture } from "../../support/previews/fixtures";

const root = "urn:pulumi:prod::shop::";
const urnOf = (type: string, name: string) => `${root}${type}::${name}`;
const step = (op: string, type: string, name: string, before?: object, after?: object, more: object = {}) => {
  const urn = urnOf(type, name);
  const state = (inputs: object | undefined) => inputs && { urn, type, custom: true, inputs };
  return { op, urn, oldState: state(before), newState: state(after), ...more };
};

test("what is no report is a failure with the words that are left", () => {
  const cases: [stdout: string, stderr: string, message: RegExp][] = [
    ["", "error: \u001b[31mno stack named 'x' found\u001b[0m", /^no stack named 'x' found$/],
    ["panic: out of memory", "", /^panic: out of memory$/],
    ["", "", /said nothing/],
    [
      "Updating…",
      "cannot open s3://bucket?x with AKIAIOSFODNN7EXAMPLE",
      /^cannot open s3:\/\/bucket\?x with \[secret\]$/,
    ],
  ];
  for (const [stdout, stderr, message] of cases) {
    const { succeeded, changes, diagnostics } = stackPreview(stdout, { stderr, exitCode: 255, stack: "x" });
    assert.deepEqual([succeeded, changes.length, diagnostics.length], [false, 0, 1]);
    assert.match(diagnostics[0]!.message, message);
  }
});

test("project and stack are those of the URNs, or as told", () => {
  const report = { steps: [step("create", "a:b:C", "x", undefined, {})] };
  assert.deepEqual([stackPreview(report).project, stackPreview(report).stack], ["shop", "prod"]);
  assert.equal(stackPreview(report, { stack: "told" }).stack, "told");
});

test("danger comes first, then components, then names, and the order of the report changes nothing", () => {
  const parent = { parent: urnOf("shop:x:B", "b") };
  const steps = [
    {
      op: "same",
      urn: urnOf("shop:x:B", "b"),
      oldState: { urn: urnOf("shop:x:B", "b"), type: "shop:x:B" },
      newState: { urn: urnOf("shop:x:B", "b"), type: "shop:x:B" },
    },
    step("create", "a:b:C", "z", undefined, {}),
    step("create", "a:b:C", "a", undefined, {}),
    step("delete", "aws:rds/instance:Instance", "data", {}),
    {
      ...step("create", "a:b:C", "inner", undefined, {}),
      newState: { urn: urnOf("a:b:C", "inner"), type: "a:b:C", custom: true, inputs: {}, ...parent },
    },
    step("delete", "kubernetes:apps/v1:Deployment", "web", {}),
  ];
  const names = (entries: object[]) => stackPreview({ steps: entries }).changes.map(({ name }) => name);
  assert.deepEqual(names(steps), ["data", "web", "a", "z", "inner"]);
  fc.assert(
    fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (shuffled) => {
      assert.deepEqual(names(shuffled), names(steps));
    }),
  );
});

test("what the engine replaces along with another is told so, and its own words are no properties", () => {
  for (const word of ["replaceWith", "deletedWith"]) {
    const old = { spec: { replicas: 1 } };
    const along = step("replace", "kubernetes:apps/v1:StatefulSet", "data", old, old, { replaceReasons: [word] });
    const [change] = stackPreview({ steps: [along] }).changes;
    assert.deepEqual(change?.forcedBy, [], word);
    assert.equal(change?.risk, "danger");
    assert.match(change?.reasons.join(" ") ?? "", /because what it belongs to is replaced/);
  }
});

test("a larger volume grows in its place, and one that a new StatefulSet would have is told to be no larger", () => {
  const { changes } = stackPreview(JSON.stringify(fixture("postgres-volume-larger").report));
  assert.ok(!changes.some(({ name }) => name === "postgres-server"));
  const claim = changes.find(({ name }) => name === "postgres-claim");
  assert.deepEqual([claim?.operation, claim?.risk], ["update", "safe"]);

  const sized = (storage: string) => ({
    spec: { volumeClaimTemplates: [{ spec: { resources: { requests: { storage } } } }] },
  });
  const anew = step("replace", "kubernetes:apps/v1:StatefulSet", "data", sized("1Gi"), sized("2Gi"), {
    replaceReasons: ["spec.volumeClaimTemplates"],
  });
  const [server] = stackPreview({ steps: [anew] }).changes;
  assert.equal(server?.risk, "danger");
  assert.match(
    server?.reasons.join(" ") ?? "",
    /The volumes of StatefulSet data keep their size and class: nothing is/,
  );
});

test("only what is asked for is masked by the caller's list, in values and in errors", () => {
  const report = {
    steps: [step("create", "a:b:C", "x", undefined, { note: "mentions the-old-value here", other: "fine" })],
    diagnostics: [
      { severity: "error", message: "error: the-old-value is refused" },
      { severity: "debug", message: "everything" },
    ],
  };
  const { changes, diagnostics } = stackPreview(report, { secrets: ["the-old-value"] });
  assert.deepEqual(changes[0]!.after!.inputs, { note: "mentions [secret] here", other: "fine" });
  assert.deepEqual(diagnostics, [{ severity: "error", message: "[secret] is refused" }]);
});

test("no secret survives, wherever it stands", () => {
  const value = fc.stringMatching(/^[A-Za-z][A-Za-z0-9+/_-]{11,23}[0-9]$/);
  const places: ((secret: string) => object)[] = [
    (secret) => step("update", "a:b:C", "x", { a: secret }, { a: "[secret]" }),
    (secret) => step("update", "a:b:C", "x", { a: "[secret]" }, { a: { deep: [secret] } }),
    (secret) =>
      step(
        "update",
        "a:b:C",
        "x",
        { list: [{ name: "n", value: secret }] },
        {
          list: [
            { name: "m", value: 1 },
            { name: "n", value: "[secret]" },
          ],
        },
      ),
    (secret) => step("create", "kubernetes:core/v1:Secret", "x", undefined, { stringData: { anything: secret } }),
    (secret) => step("delete", "kubernetes:core/v1:Secret", "x", { data: { anything: secret } }),
    (secret) => step("create", "a:b:C", "x", undefined, { masterPassword: secret }),
    (secret) =>
      step(
        "same",
        "a:b:C",
        "x",
        { env: [{ name: "API_TOKEN", value: secret }] },
        { env: [{ name: "API_TOKEN", value: secret }] },
      ),
    (secret) => step("create", "a:b:C", "x", undefined, { url: `postgres://u:${secret}@h/d` }),
    (secret) => {
      const { newState, ...rest } = step("create", "a:b:C", "x", undefined, { auth: secret });
      return { ...rest, newState: { ...newState, additionalSecretOutputs: ["auth"] } };
    },
  ];
  fc.assert(
    fc.property(value, fc.constantFrom(...places), fc.boolean(), (secret, place, again) => {
      const learnt = place("x").toString() !== "" && !JSON.stringify(place(secret)).includes("postgres://");
      const other = step("create", "a:b:C", "y", undefined, { text: again && learnt ? `it is ${secret}!` : "nothing" });
      const diagnostics = learnt ? [{ severity: "error", message: `error: ${secret} failed` }] : [];
      const found = JSON.stringify(stackPreview({ steps: [place(secret), other], diagnostics }));
      assert.ok(!found.includes(secret), found);
    }),
  );
});

test("it never throws, whatever has the outer shape, and says the same of the same", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(root, urnOf("a:b$c:d:E", "x"), "update", "replace", "delete-replaced", "refresh", "same", "create"),
  );
  const any = fc.jsonValue({ maxDepth: 3 });
  const loose = fc.oneof(any, text);
  const state = fc.record(
    {
      urn: text,
      type: text,
      parent: text,
      inputs: loose,
      outputs: loose,
      custom: fc.boolean(),
      protect: loose,
      dependencies: loose,
      additionalSecretOutputs: fc.array(text),
      sourcePosition: text,
      stackTrace: loose,
    },
    { requiredKeys: [] },
  );
  const detailedDiff = fc.dictionary(text, fc.record({ kind: text }));
  const entry = fc.record(
    {
      op: text,
      urn: text,
      oldState: fc.oneof(state, any),
      newState: fc.oneof(state, any),
      detailedDiff: fc.oneof(detailedDiff, any),
      replaceReasons: fc.oneof(fc.array(text), any),
    },
    { requiredKeys: [] },
  );
  const report = fc.record({
    steps: fc.oneof(fc.array(fc.oneof(entry, any)), any),
    diagnostics: loose,
    duration: loose,
    changeSummary: any,
  });
  fc.assert(
    fc.property(report, (entry) => {
      const text = JSON.stringify(entry);
      assert.deepEqual(stackPreview(text), stackPreview(JSON.parse(text)));
    }),
    { numRuns: 300, endOnFailure: true },
  );
  fc.assert(fc.property(fc.string(), fc.string(), (stdout, stderr) => void stackPreview(stdout, { stderr })));
});

test("inputs of the kinds that rules look at may have any shape", () => {
  const kinds = fc.constantFrom(
    ...["kubernetes:core/v1:Service", "kubernetes:core/v1:Secret", "kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    ...["kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob", "gcp:sql/databaseInstance:DatabaseInstance"],
    ...[
      "aws:eks/cluster:Cluster",
      "gcp:container/cluster:Cluster",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:rds/instance:Instance",
    ],
  );
  const key = fc.constantFrom(
    "spec",
    "template",
    "containers",
    "metadata",
    "annotations",
    "ports",
    "settings",
    "ipConfiguration",
    "vpcConfig",
    "ingress",
    "podSelector",
    "masterAuthorizedNetworksConfig",
    "policy",
    "volumes",
    "data",
    "members",
  );
  const inputs = fc.dictionary(
    key,
    fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(key, fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })))),
    ),
  );
  fc.assert(
    fc.property(
      kinds,
      inputs,
      inputs,
      fc.constantFrom("create", "update", "replace", "delete"),
      (type, before, after, op) => {
        stackPreview({ steps: [step(op, type, "x", before, after)] });
      },
    ),
    { numRuns: 300, endOnFailure: true },
  );
});

test("an offline preview is the first up, from the program alone", async () => {
  const offline = offlinePreview(await recordedPlan(stackConfig("prod"), { stack: "prod" }), "prod");
  const { stdout, exitCode } = fixture("first-up-prod");
  const engine = stackPreview(stdout, { exitCode });
  assert.deepEqual(
    [offline.origin, offline.project, offline.stack, offline.succeeded],
    ["offline", "switchboard", "prod", true],
  );
  assert.deepEqual(offline.before, []);
  // Names of runs are made of the apps' sources, which a recording does not follow.
  const told = (preview: typeof offline) =>
    preview.changes
      .map(({ name, type, operation, components, risk }) => [operation, ...components, type, name, risk].join(" "))
      .map((line) => line.replace(/-[0-9a-f]{10}\b/g, ""))
      .sort();
  assert.deepEqual(told(offline), told(engine));
  assert.doesNotMatch(JSON.stringify(offline), /generated-password/);
});
