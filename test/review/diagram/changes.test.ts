import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mermaidOfChanges } from "../../../review/diagram";
import { label } from "../../../review/diagram/label";
import type { Change, Operation, StackPreview } from "../../../review/plan/model";

const urnOf = (component: string, name: string) =>
  `urn:pulumi:prod::switchboard::switchboard:x:${component}$kubernetes:core/v1:ConfigMap::${name}`;

function change(operation: Operation, component: string, name: string, dependencies: readonly string[] = []): Change {
  const urn = urnOf(component, name);
  const type = "kubernetes:core/v1:ConfigMap";
  const resource = { urn, type, name, parent: "", custom: true, read: false, protect: false, dependencies, inputs: {} };
  return {
    ...{ operation, urn, type, name, components: component ? [component] : [], properties: [], forcedBy: [] },
    ...{ risk: "safe", reasons: [], after: resource },
  };
}

function preview(changes: readonly Change[]): StackPreview {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 0 };
  return {
    ...{ project: "switchboard", stack: "prod", origin: "engine", succeeded: true, changes, counts },
    ...{ risk: "none", diagnostics: [], before: [], after: [] },
  };
}

describe("the graph of what changes", () => {
  test("shows each change in its component, coloured, with what it depends on", () => {
    const graph = mermaidOfChanges(
      preview([
        change("replace", "postgres", "server"),
        change("update", "panel", "web", [urnOf("postgres", "server"), urnOf("postgres", "unchanged")]),
        change("delete", "panel", "old"),
        change("create", "", "alone"),
        change("same", "panel", "quiet"),
      ]),
      5000,
    );
    assert.equal(
      graph,
      [
        "flowchart LR",
        '  r3["+ alone<br/>ConfigMap"]:::create',
        '  subgraph g1["panel"]',
        '    r1["~ web<br/>ConfigMap"]:::update',
        '    r2["− old<br/>ConfigMap"]:::delete',
        "  end",
        '  subgraph g2["postgres"]',
        '    r0["± server<br/>ConfigMap"]:::replace',
        "  end",
        "  r0 --> r1",
        "  style g1 fill:#f7f9fc,stroke:#aab6c8,color:#2a3240",
        "  style g2 fill:#f7f9fc,stroke:#aab6c8,color:#2a3240",
        "  classDef create fill:#d9f2e0,stroke:#2f8147,color:#0b2a14",
        "  classDef update fill:#fdf0c8,stroke:#a87b00,color:#332500",
        "  classDef replace fill:#fbdcc4,stroke:#bc5a10,color:#3a1a02",
        "  classDef delete fill:#fbd5d5,stroke:#c0392b,color:#3d0d08",
        "",
      ].join("\n"),
    );
  });

  test("is one of components where resources are too many, and none where even they do not fit", () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      change(index % 2 ? "create" : "update", `part-${index % 4}`, `thing-${index}`, [
        urnOf(`part-${(index + 1) % 4}`, `thing-${index + 1}`),
      ]),
    );
    const graph = mermaidOfChanges(preview(many), 5000)!;
    assert.match(graph, /c0\["part-0<br\/>~50"\]:::update/);
    assert.match(graph, /c1\["part-1<br\/>\+50"\]:::create/);
    assert.match(graph, /c1 --> c0/);
    assert.equal(graph.match(/^ {2}c\d+\[/gm)!.length, 4);
    assert.equal(mermaidOfChanges(preview(many), 100), undefined);
    const everywhere = many.map((entry, index) => ({ ...entry, components: [`own-${index}`] }));
    assert.equal(mermaidOfChanges(preview(everywhere), 50_000), undefined);
  });

  test("nothing changes: no graph", () => {
    assert.equal(
      mermaidOfChanges(preview([change("same", "panel", "web"), change("read", "panel", "x")]), 5000),
      undefined,
    );
  });

  test("no name breaks out of its label", () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom('"] --> x["', "```", "%%{init}", "end", "<img src=x>", "`"),
    );
    fc.assert(
      fc.property(nasty, nasty, (name, component) => {
        const graph = mermaidOfChanges(preview([change("delete", component, name)]), 5000)!;
        for (const line of graph.split("\n").slice(1, -1)) {
          assert.match(
            line,
            /^ {2}(?: {2})?(?:r0\["[^"`<>\p{Cc}]*<br\/>ConfigMap"\]:::delete|subgraph g\d+\["[^"`<>\p{Cc}]*"\]|end|style g\d+ [\w:#,]+|classDef [\w :#,;-]+)$/u,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("a label keeps what can be read and names the rest by number", () => {
  assert.equal(label('a "b" <c> `d` #e'), "a #34;b#34; #60;c#62; #96;d#96; #35;e");
  assert.equal(label("größe ×2 · 日本"), "größe ×2 · 日本");
  assert.equal(label("a\u202eb\nc"), "a b c");
  assert.equal([...label("x".repeat(100), 10)].length, 10);
});
