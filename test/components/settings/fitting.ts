import fc from "fast-check";
import { type Description, describeSchema } from "../../../components/schema/report";

/** Texts that settings look like, so that a random one gets past the first check now and then. */
const texts = [
  ...[
    "",
    " ",
    "a",
    "apps",
    "1",
    "1.35",
    "17",
    "2Gi",
    "500m",
    "5r/m",
    "10m",
    "02:00",
    "02:00-03:00",
    "sun:04:00-sun:05:00",
  ],
  ...[
    "10.0.0.0/16",
    "0.0.0.0/0",
    "172.17.0.0/16",
    "10.0.0.0/8",
    "fd00::/8",
    "europe-west1",
    "europe-west1-b",
    "eu-west-1",
  ],
  ...["eu-west-1a", "us-west-1", "e2-standard-4", "m7g.large", "db.m7g.large", "db-custom-2-7680", "cache.t4g.small"],
  ...["123456789012", "arn:aws:iam::123456789012:role/deployer", "switchboard-test", "panel.acme.dev", "acme.dev"],
  ...["acme/app:1.0.0", `acme/app@sha256:${"0".repeat(64)}`, "a@acme.dev", "2026-12-20", "Etc/UTC", "17 3 * * *"],
  ...["__proto__", "constructor", "toString", "https://acme.dev/directory", "staging", "\u0000", "ä", "x".repeat(300)],
];
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...texts) }, fc.string());

/** Values that fit what a schema says of itself: the right keys, kinds and types, and anything as a text or a number. */
export function fitting(schema: Parameters<typeof describeSchema>[0]): fc.Arbitrary<unknown> {
  return fittingValue(describeSchema(schema));
}

function fittingValue(description: Description): fc.Arbitrary<unknown> {
  const { oneOf, anyOf, type, properties, required = [], additionalProperties, items } = description;
  if (description.const !== undefined) return fc.constant(description.const);
  if (description.enum) return fc.constantFrom(...description.enum);
  const options = oneOf ?? anyOf;
  if (options) return fc.oneof(...options.map(fittingValue));
  if (properties) {
    const keys = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, fittingValue(value)]));
    return fc.record(keys, { requiredKeys: [...required] });
  }
  if (typeof additionalProperties === "object")
    return fc.dictionary(text, fittingValue(additionalProperties), { maxKeys: 3 });
  if (type === "array") return fc.array(items ? fittingValue(items) : fc.jsonValue(), { maxLength: 4 });
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = 100 } = description;
    return fc.oneof({ weight: 9, arbitrary: fc.integer({ min: minimum, max: maximum }) }, fc.double());
  }
  return text;
}
