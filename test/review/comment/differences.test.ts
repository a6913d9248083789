import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { linesOf } from "../../../review/comment/differences";
import { pruned } from "../../../review/comment/pruned";
import { textDiff, yamlDiff, yamlOf } from "../../../review/comment/yamlDiff";
import type { Change, PropertyChange } from "../../../review/plan/model";

const deployment = (replicas: number, image: string, more: object[] = []) => ({
  metadata: { name: "panel", labels: { a: "1" } },
  spec: { replicas, template: { spec: { containers: [{ name: "web", image, args: ["a"] }, ...more] } } },
});

describe("differences of Kubernetes objects", () => {
  test("only what differs, with the keys that lead to it and the names of list elements", () => {
    assert.deepEqual(yamlDiff(deployment(1, "panel:1"), deployment(1, "panel:2")), [
      "  spec:",
      "    template:",
      "      spec:",
      "        containers:",
      "          - name: web",
      "-           image: panel:1",
      "+           image: panel:2",
    ]);
  });

  test("elements are told apart by their names, so a new one in front changes nothing else", () => {
    const added = {
      spec: {
        containers: [
          { name: "new", image: "n" },
          { name: "web", image: "p" },
        ],
      },
    };
    assert.deepEqual(
      yamlDiff({ spec: { containers: [{ name: "web", image: "p" }] } }, added).filter((line) => !line.startsWith(" ")),
      ["+     - name: new", "+       image: n"],
    );
  });

  test("a list without names shows only the elements that come or go", () => {
    const rule = (port: number) => ({ ports: [{ protocol: "TCP", port }], from: [{ cidr: "10.0.0.0/8" }] });
    assert.deepEqual(yamlDiff({ ingress: [rule(1), rule(2)] }, { ingress: [rule(1), rule(3), rule(2)] }), [
      "  ingress:",
      "    - …",
      "+   - from:",
      "+       - cidr: 10.0.0.0/8",
      "+     ports:",
      "+       - port: 3",
      "+         protocol: TCP",
    ]);
  });

  test("the order of keys and of sets is no difference", () => {
    assert.deepEqual(yamlDiff({ a: 1, b: 2 }, { b: 2, a: 1 }), []);
    assert.deepEqual(yamlDiff({ accessModes: ["a", "b"] }, { accessModes: ["b", "a"] }), []);
    assert.notDeepEqual(yamlDiff({ args: ["a", "b"] }, { args: ["b", "a"] }), []);
  });

  test("long texts differ line by line, equal lines are counted", () => {
    const text = (middle: string) =>
      Array.from({ length: 60 }, (_, at) => (at === 30 ? middle : `line ${at}`)).join("\n");
    const lines = yamlDiff({ data: { "nginx.conf": text("old") } }, { data: { "nginx.conf": text("new") } });
    assert.ok(lines.includes("-     old") && lines.includes("+     new"));
    assert.ok(lines.length < 16, `${lines.length}`);
    assert.ok(lines.some((line) => /^@@ \d+ lines as before/.test(line)));
  });

  test("any two values have lines exactly where they differ", () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), fc.object({ maxDepth: 3 }), (a, b) => {
        const [before, after] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
        assert.equal(pruned(before, before), undefined);
        const marks = yamlDiff(before, after).filter((line) => /^[-+@]/.test(line));
        const differs = pruned(before, after) !== undefined;
        assert.equal(marks.length > 0, differs);
      }),
      { numRuns: 300 },
    );
  });

  test("YAML is what it was made of", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(JSON.stringify(parse(yamlOf(value)))), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("a diff of two texts has both of them in it", () => {
    const lines = fc.array(fc.stringMatching(/^[a-c]{1,2}$/), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const diff = textDiff(`${a.join("\n")}\n`, `${b.join("\n")}\n`).filter((line) => !line.startsWith("@@"));
        const gone = diff.filter((line) => line.startsWith("-")).map((line) => line.slice(2));
        for (const line of gone) assert.ok(a.includes(line));
        for (const line of diff.filter((entry) => entry.startsWith("+"))) assert.ok(b.includes(line.slice(2)));
      }),
    );
  });
});

describe("differences of other resources", () => {
  const change = (properties: Partial<PropertyChange>[], more: Partial<Change> = {}): Change => ({
    ...{ operation: "update", urn: "urn", type: "gcp:sql/databaseInstance:DatabaseInstance", name: "postgres" },
    ...{ components: [], forcedBy: [], risk: "safe", reasons: [] },
    properties: properties.map((entry) => ({ path: "a", kind: "change", forcesReplacement: false, ...entry })),
    ...more,
  });

  test("property by property, with what forces a replacement", () => {
    const tier = { path: "settings.tier", before: "small", after: "large", forcesReplacement: true };
    assert.deepEqual(linesOf(change([tier])), [
      "- settings.tier: small",
      "+ settings.tier: large  # forces the replacement",
    ]);
  });

  test("what is new has no old side, objects are YAML", () => {
    assert.deepEqual(linesOf(change([{ path: "labels", kind: "add", after: { a: "1", b: true } }])), [
      "+ labels:",
      '+   a: "1"',
      "+   b: true",
    ]);
    assert.deepEqual(linesOf(change([{ path: "x", kind: "remove", before: 3 }])), ["- x: 3"]);
  });

  test("secrets are masked on both sides and said to change; what is not known yet says when it is", () => {
    assert.deepEqual(linesOf(change([{ path: "password", before: "[secret]", after: "[secret]" }])), [
      "- password: [secret]",
      "+ password: [secret]  # changed",
    ]);
    assert.deepEqual(linesOf(change([{ path: "address", before: "10.0.0.1", after: "[unknown]" }])), [
      "- address: 10.0.0.1",
      "+ address: (known after up)",
    ]);
  });

  test("a secret of a Kubernetes object that changes is not lost beside its YAML", () => {
    const of = (replicas: number) => ({
      ...{
        urn: "urn",
        type: "kubernetes:core/v1:Secret",
        name: "s",
        parent: "",
        custom: true,
        read: false,
        protect: false,
      },
      ...{ dependencies: [], inputs: { stringData: { key: "[secret]" }, replicas } },
    });
    const lines = linesOf(
      change([{ path: "stringData.key", before: "[secret]", after: "[secret]" }], {
        ...{ type: "kubernetes:core/v1:Secret", before: of(1), after: of(2) },
      }),
    );
    assert.deepEqual(lines, [
      "- replicas: 1",
      "+ replicas: 2",
      "- stringData.key: [secret]",
      "+ stringData.key: [secret]  # changed",
    ]);
  });
});
