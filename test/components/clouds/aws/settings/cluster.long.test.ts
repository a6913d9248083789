import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sample } from "../../../../support/samples/eks";
import { wrong } from "./onEks";

test("whatever is written, the parser answers in sentences", () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue());
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(sample()), "zones", "network", "api", "dnsZone"),
      value,
      (key, given) => {
        if (key === "kind") return;
        for (const sentence of wrong((cluster) => {
          cluster[key] = given;
        }))
          assert.match(sentence, /^[a-z][^\n]*: [^\n]+/s);
      },
    ),
    { numRuns: 100 },
  );
});
