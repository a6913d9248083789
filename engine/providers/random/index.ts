/**
 * The `random` package for a machine where the official plugin cannot be had, as far as the program asks for it: passwords
 * of letters and digits, and ids. All else is refused. The state is the official plugin's, so that either goes on with
 * the other's.
 */

import { randomBytes, randomInt } from "node:crypto";
import { localVersion } from "../../plugin";
import { type GeneratedKind, generatedProvider, leftToOfficial } from "../generated";
import type { Failure } from "../provider";
import { serveProvider } from "../server";
import type { Properties } from "../values";

const lettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** A random text in which every text of this length is equally likely: `crypto.randomInt` has no bias. */
function randomText(length: number): string {
  return Array.from({ length }, () => lettersAndDigits[randomInt(lettersAndDigits.length)]!).join("");
}

function wholeNumber(key: string): (inputs: Properties) => Failure[] {
  return (inputs) =>
    Number.isInteger(inputs[key]) && (inputs[key] as number) >= 1
      ? []
      : [{ property: key, reason: `${JSON.stringify(inputs[key])} is not a whole number from 1` }];
}

/** The kinds by type token. */
export const randomKinds: { readonly [type: string]: GeneratedKind } = {
  "random:index/randomPassword:RandomPassword": {
    inputs: ["length", "special", "keepers"],
    defaults: {
      ...{ lower: true, upper: true, number: true, numeric: true, special: true },
      ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
    },
    computed: ["result"],
    secrets: ["result"],
    check: (inputs) => [
      ...wholeNumber("length")(inputs),
      ...(inputs.special === false
        ? []
        : [{ property: "special", reason: `it is not false; ${leftToOfficial("random")}` }]),
    ],
    make: ({ length }) => ({ id: "none", outputs: { result: randomText(length as number) } }),
  },
  "random:index/randomId:RandomId": {
    inputs: ["byteLength", "keepers"],
    computed: ["b64Std", "b64Url", "dec", "hex"],
    check: wholeNumber("byteLength"),
    make({ byteLength }) {
      const bytes = randomBytes(byteLength as number);
      const outputs = {
        b64Std: bytes.toString("base64"),
        b64Url: bytes.toString("base64url"),
        dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
        hex: bytes.toString("hex"),
      };
      return { id: outputs.b64Url, outputs };
    },
  },
};

/** The provider of the `random` package. */
export function randomProvider() {
  return generatedProvider("random", localVersion("@pulumi/random"), randomKinds);
}

if (require.main === module) void serveProvider(randomProvider);
