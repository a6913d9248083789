import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type Resource, secret, unknown } from "../../../engine/resources/resource";
import { check } from "../../../review/policies";
import { committedStacks } from "../../support/plan";
import { resourcesOf } from "./change";

/** Paths of all values of a resource's inputs, also of those that have more below them. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  const own = path.length > 0 ? [[...path]] : [];
  if (typeof value !== "object" || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...path, key]))];
}

/** A copy with another value at a path. */
function replaced(value: any, [key, ...rest]: readonly string[], by: unknown): any {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const others = [
  null,
  undefined,
  0,
  -1,
  Number.NaN,
  "",
  "x".repeat(10_000),
  "0.0.0.0/0",
  true,
  [],
  [null],
  {},
  [[]],
  { a: null },
];

for (const stack of committedStacks) {
  describe(`whatever stands where in ${stack}`, () => {
    let resources: readonly Resource[];
    before(async () => {
      resources = await resourcesOf(stack, false);
    });

    /** The findings when one value of one resource is another. */
    function changed(at: number, which: number, by: unknown) {
      const index = at % resources.length;
      const paths = pathsOf(resources[index]!.inputs);
      if (paths.length === 0) return { found: [], where: "" };
      const path = paths[which % paths.length]!;
      const inputs = replaced(resources[index]!.inputs, path, by);
      const found = check(resources.map((resource, place) => (place === index ? { ...resource, inputs } : resource)));
      return { found, where: `${resources[index]!.urn} ${path.join(".")}` };
    }

    test("nothing is found because a value is not known", () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(), (at, which) => {
          const { found, where } = changed(at, which, unknown);
          assert.deepEqual(found, [], where);
        }),
        { numRuns: 80 },
      );
    });

    test("a secret is complained of only where it would be read by others", () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(), (at, which) => {
          const { found, where } = changed(at, which, secret);
          for (const { rule, message } of found) assert.equal(rule, "secret-not-in-clear", `${where}: ${message}`);
        }),
        { numRuns: 80 },
      );
    });

    test("a value of another kind stops no rule", () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(), fc.oneof(fc.constantFrom(...others), fc.anything()), (at, which, by) => {
          const { found, where } = changed(at, which, by);
          for (const { message, todo } of found)
            assert.ok(message.length > 0 && message.length < 700 && todo !== "", where);
        }),
        { numRuns: 80 },
      );
    });
  });
}
