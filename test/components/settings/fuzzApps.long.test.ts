import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layerSchemas } from "../../../components/settings/layers";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import { anyApps, mended } from "../../support/anyApps";
import { fitting } from "./fitting";
import { context, leastSettings } from "./stack";

/** What a stack with these apps, beside the panel and the chat or alone, is told; nothing else may be thrown. */
function told(apps: unknown, alone = false): readonly string[] {
  const raw = leastSettings();
  if (alone) for (const own of [raw, raw.edge]) for (const app of ["panel", "chat"]) delete own[app];
  raw.apps = apps;
  try {
    parseSettings(raw, { ...context, secretLayers: new Set(["apps"]) });
    return [];
  } catch (error) {
    assert(error instanceof SettingsError, `not a SettingsError: ${(error as Error).stack}`);
    return error.problems;
  }
}

/** A key, what is wrong, and what to do. */
const complete =
  /^[a-z]\w*(\.[^:]*|\["[^"]*"\][^:]*)?: .*(;|, or |\. |\buse\b|\bwrite\b|\bgive\b|\bset\b|\badd\b|\bremove\b|\bmust\b|did you mean|\bname\b|\bis missing\b|\bmake\b|\bkeep\b|\bneeds\b)/s;

test("apps of the right form are right, or each problem has its key and says what to do", () => {
  let wrong = 0;
  fc.assert(
    fc.property(anyApps, fc.boolean(), (apps, alone) => {
      const problems = told(apps, alone);
      for (const problem of problems) assert.match(problem, complete);
      if (problems.length > 0) wrong += 1;
    }),
    { numRuns: 150 },
  );
  assert.ok(wrong > 20, `${wrong} of them are wrong`);
});

test("whoever takes out what is wrong, key by key, comes to apps that are right", () => {
  let kept = 0;
  fc.assert(
    fc.property(anyApps, (apps) => {
      const rest = mended(apps, told);
      if (!rest) return;
      assert.deepEqual(told(rest), []);
      kept += 1;
    }),
    { numRuns: 60 },
  );
  assert.ok(kept > 30, `${kept} of 60`);
});

const schemas = layerSchemas(context);

test("apps of the shape that the schema says, with any values, end in a SettingsError or are right", () => {
  fc.assert(
    fc.property(fitting(schemas.apps as never), (apps) => void told(apps)),
    { numRuns: 150 },
  );
});

test("anything at any place of an app ends in a SettingsError or is right", () => {
  fc.assert(
    fc.property(
      anyApps,
      fc.nat(),
      fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true })),
      (apps, at, value) => {
        const paths = pathsOf(apps);
        const path = paths[at % paths.length]!;
        const changed = structuredClone(apps);
        const parent = path.slice(0, -1).reduce((here, key) => here[key], changed);
        parent[path.at(-1)!] = value;
        told(changed);
      },
    ),
    { numRuns: 200 },
  );
});

function pathsOf(value: unknown, prefix: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [prefix];
  const below = Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...prefix, key]));
  return prefix.length > 0 ? [prefix, ...below] : below;
}
