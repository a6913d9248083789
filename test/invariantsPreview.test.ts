import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { planOf } from "./support/sharedPlans";
import { everyStack } from "./support/stacks";

for (const { name, stack, config, kind, secretKeys } of everyStack()) {
  if (kind === "existing") continue;
  describe(`the offline preview of ${name}`, () => {
    test("knows of every input that its cloud is sent, or says that it will be known", async () => {
      const preview = await planOf({ stack, config, secretKeys });
      const update = await planOf({ stack, config, secretKeys }, false);
      const known = new Map(preview.registrations.map(({ urn, inputs }) => [urn, inputs]));
      // In the cluster names are made of contents, which a preview without an engine does not do.
      const missing = update.registrations.flatMap(({ urn, type, inputs }) =>
        !/^(aws|gcp):/.test(type) || !known.has(urn) ? [] : lacking(known.get(urn), inputs, urn.split("::").at(-1)!),
      );
      assert.deepEqual(missing, []);
    });
  });
}

/** Paths of what is in the update and neither in the preview nor unknown there. */
function lacking(preview: unknown, update: unknown, path: string): string[] {
  if (preview === "[unknown]" || update === undefined) return [];
  if (preview === undefined) return [path];
  if (typeof update !== "object" || update === null || typeof preview !== "object" || preview === null) return [];
  return Object.entries(update).flatMap(([key, value]) =>
    lacking((preview as Record<string, unknown>)[key], value, `${path}.${key}`),
  );
}
