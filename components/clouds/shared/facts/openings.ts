import type { Inputs } from ".";
import { isObject } from "./value";

/** Somewhere that everybody is let in. */
export interface Opening {
  /** The property that lets them in. */
  readonly path: string;
  /** What is open, as the end of a sentence. */
  readonly what: string;
}

/** What of a resource is open to the whole internet. */
export type Openings = (inputs: Inputs) => Opening[];

/** Networks of everybody in a value, however it holds them. */
export function ranges(value: unknown, path: string, what: string): Opening[] {
  const open = [...new Set(textsIn(value).filter(isEverybody))];
  return open.map((range) => ({ path, what: `${range} reaches ${what}` }));
}

/** `0.0.0.0/0`, `::/0`, and networks so large that they are meant to be everybody. */
export function isEverybody(value: unknown): boolean {
  const [, address, bits] = /^([0-9a-f.:]+)\/(\d+)$/i.exec(String(value)) ?? [];
  if (!address) return false;
  const privateNetwork = /^(10\.|127\.|f[cd])/i.test(address);
  return !privateNetwork && Number(bits) < (address.includes(":") ? 16 : 8);
}

/** All texts in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** A database that says itself whether the internet reaches it. */
export const publiclyAccessible: Openings = (inputs) =>
  inputs.publiclyAccessible === true
    ? [{ path: "publiclyAccessible", what: "the database gets a public address" }]
    : [];
