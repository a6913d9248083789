import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sample } from "../../../../support/samples/gke";
import { problems } from "../../../settings/stack";

/** The errors of the sample cluster with some settings changed. */
function wrong(changes: object): readonly string[] {
  return problems((raw) => {
    raw.cluster = { ...sample(), ...changes };
  }).map((text) => text.replace(/^cluster\./, ""));
}

test("a random value is refused in words, never by a crash", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(sample()), "zones", "network", "api", "maintenance", "dnsZone"),
      fc.jsonValue(),
      (key, value) => {
        for (const text of wrong({ [key]: value })) assert.match(text, /^[\w.[\]"'-]+.*: .+; .+|: /s);
      },
    ),
    { numRuns: 100 },
  );
});
