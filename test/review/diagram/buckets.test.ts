import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPlan } from "../../../engine/resources/fromPlan";
import { architectureOf, mermaidOf } from "../../../review/diagram";
import { everythingStack } from "../../support/everything";
import { planOf } from "../../support/sharedPlans";

test("buckets stand outside of the cluster, and what has their name leads to them, in a preview too", async () => {
  for (const [kind, product] of [
    ["gke", "Cloud Storage"],
    ["eks", "S3"],
  ] as const) {
    const resources = fromPlan(await planOf(everythingStack(kind)));
    const { boxes, arrows } = architectureOf(resources);
    const buckets = boxes.filter(({ id }) => id.startsWith("bucket-"));
    assert.equal(buckets.length, 3);
    for (const { title, role, inside } of buckets)
      assert.deepEqual([title, role, inside], [`bucket · ${product}`, "data", false]);
    const users = (part: string) => {
      const { id } = buckets.find((box) => box.id.includes(part))!;
      return arrows.filter(({ to }) => to === id).map(({ from, ports }) => [from, ports]);
    };
    for (const bucket of ["shop-uploads", "shop-product-"])
      assert.deepEqual(users(bucket), [
        ["shop-schedule-sweep", [443]],
        ["shop-web", [443]],
      ]);
    assert.deepEqual(users("mail-letters"), [["mail-work", [443]]]);
    assert.match(mermaidOf(resources), new RegExp(`bucket · ${product}`));
  }
});
