import { randomInt } from "node:crypto";

/** What a random string may be made of, in the names of `random.RandomPassword`. */
export interface TextRules {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  /** The special characters to use instead of the default ones. */
  readonly overrideSpecial?: string;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
}

// The sets of the official provider (terraform-provider-random, internal/random/string.go).
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const numeric = "0123456789";
const defaultSpecial = "!@#$%&*()-_=+[]{}<>:?";

/**
 * A random string in which every string that the rules allow is reachable: first the required characters of each
 * class, then any allowed ones, then all of them shuffled. Only `crypto.randomInt` is used, which has no bias.
 */
export function randomText(rules: TextRules): string {
  const special = rules.overrideSpecial || defaultSpecial;
  const allowed = [
    rules.lower ? lower : "",
    rules.upper ? upper : "",
    rules.numeric ? numeric : "",
    rules.special ? special : "",
  ].join("");
  const required: [number, string][] = [
    [rules.minLower, lower],
    [rules.minUpper, upper],
    [rules.minNumeric, numeric],
    [rules.minSpecial, special],
  ];
  const characters = required.flatMap(([count, set]) => pick(count, set));
  characters.push(...pick(rules.length - characters.length, allowed));
  return shuffle(characters).join("");
}

/** What is wrong with the rules, as a sentence with the input's name; undefined when they can be met. */
export function textRulesProblem(rules: TextRules): { property: string; reason: string } | undefined {
  const { length } = rules;
  if (!Number.isInteger(length) || length < 1)
    return { property: "length", reason: `${length} is not a whole number from 1` };
  for (const key of ["minLower", "minUpper", "minNumeric", "minSpecial"] as const) {
    if (!Number.isInteger(rules[key]) || rules[key] < 0) {
      return { property: key, reason: `${rules[key]} is not a whole number from 0` };
    }
  }
  const least = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  if (least > length) {
    return {
      property: "length",
      reason: `${length} is less than the ${least} characters that minLower, minUpper, minNumeric and minSpecial require`,
    };
  }
  if (least < length && !rules.lower && !rules.upper && !rules.numeric && !rules.special) {
    return { property: "lower", reason: "lower, upper, numeric and special are all false: no character is left" };
  }
  return undefined;
}

/** The elements in a random order, each order equally likely (Fisher-Yates). */
export function shuffle<T>(elements: readonly T[]): T[] {
  const result = [...elements];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

function pick(count: number, set: string): string[] {
  return Array.from({ length: Math.max(count, 0) }, () => set[randomInt(set.length)]!);
}
