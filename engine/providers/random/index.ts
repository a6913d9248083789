/**
 * The `random` package for a machine where the official plugin cannot be had. Left out: `bcryptHash` of
 * RandomPassword (Node.js has no bcrypt), RandomPet (a word list), `seed` (results would be guessable) and import.
 */

import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { localVersion } from "../../plugin";
import { type GeneratedKind, generatedProvider } from "../generated";
import type { Failure } from "../provider";
import { serveProvider } from "../server";
import type { Properties } from "../values";
import { randomText, shuffle, type TextRules, textRulesProblem } from "./text";

const textDefaults = {
  lower: true,
  upper: true,
  number: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

/** `number` is the old name of `numeric`: either of them switches digits off. */
function textRules(inputs: Properties): TextRules {
  return { ...(inputs as unknown as TextRules), numeric: inputs.numeric !== false && inputs.number !== false };
}

function text(id: (result: string) => string, secrets: string[]): GeneratedKind {
  return {
    defaults: textDefaults,
    computed: ["result"],
    secrets,
    check: (inputs) => [textRulesProblem(textRules(inputs))].filter((failure) => failure !== undefined),
    make(inputs) {
      const rules = textRules(inputs);
      const result = randomText(rules);
      return { id: id(result), outputs: { result, numeric: rules.numeric, number: rules.numeric } };
    },
  };
}

function wholeNumber(key: string, least: number): (inputs: Properties) => Failure[] {
  return (inputs) =>
    Number.isInteger(inputs[key]) && (inputs[key] as number) >= least
      ? []
      : [{ property: key, reason: `${JSON.stringify(inputs[key])} is not a whole number from ${least}` }];
}

function noSeed(inputs: Properties): Failure[] {
  return inputs.seed === undefined
    ? []
    : [
        {
          property: "seed",
          reason: "the local random plugin takes no seed: its results cannot be guessed; leave it out",
        },
      ];
}

const uuid = (make: () => string): GeneratedKind => ({
  computed: ["result"],
  make() {
    const result = make();
    return { id: result, outputs: { result } };
  },
});

/** Version 7 (RFC 9562): 48 bits of milliseconds since 1970, then random bits. */
export function uuid7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The kinds by type token. */
export const randomKinds: { readonly [type: string]: GeneratedKind } = {
  "random:index/randomPassword:RandomPassword": text(() => "none", ["result"]),
  "random:index/randomString:RandomString": text((result) => result, []),
  "random:index/randomBytes:RandomBytes": {
    computed: ["base64", "hex"],
    secrets: ["base64", "hex"],
    check: wholeNumber("length", 1),
    make({ length }) {
      const bytes = randomBytes(length as number);
      return { id: "none", outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
    },
  },
  "random:index/randomId:RandomId": {
    computed: ["b64Std", "b64Url", "dec", "hex"],
    check: wholeNumber("byteLength", 1),
    make({ byteLength, prefix }) {
      const bytes = randomBytes(byteLength as number);
      const start = (prefix as string | undefined) ?? "";
      const outputs = {
        b64Std: start + bytes.toString("base64"),
        b64Url: start + bytes.toString("base64url"),
        dec: start + BigInt(`0x${bytes.toString("hex")}`).toString(),
        hex: start + bytes.toString("hex"),
      };
      return { id: bytes.toString("base64url"), outputs };
    },
  },
  "random:index/randomInteger:RandomInteger": {
    computed: ["result"],
    check(inputs) {
      const { min, max } = inputs as { min: number; max: number };
      const range = max - min < 2 ** 48 - 1 && min <= max;
      const problem = { property: "max", reason: `${max} is not from min (${min}) up to min + 2^48 - 2` };
      return [...wholeNumber("min", Number.MIN_SAFE_INTEGER)(inputs), ...(range ? [] : [problem]), ...noSeed(inputs)];
    },
    make(inputs) {
      const { min, max } = inputs as { min: number; max: number };
      const result = randomInt(min, max + 1);
      return { id: String(result), outputs: { result } };
    },
  },
  "random:index/randomShuffle:RandomShuffle": {
    computed: ["results"],
    check: noSeed,
    make({ inputs, resultCount }) {
      const results = shuffle(inputs as string[]).slice(0, (resultCount as number | undefined) ?? undefined);
      return { id: "-", outputs: { results } };
    },
  },
  "random:index/randomUuid:RandomUuid": uuid(randomUUID),
  "random:index/randomUuid4:RandomUuid4": uuid(randomUUID),
  "random:index/randomUuid7:RandomUuid7": uuid(uuid7),
};

/** The provider of the `random` package. */
export function randomProvider() {
  return generatedProvider("random", localVersion("@pulumi/random"), randomKinds);
}

if (require.main === module) void serveProvider(randomProvider);
