/** What differs between a thing as its API told it last and as the program says it now, in the manner of a Terraform bridge. */

import { memberPath, pathParts } from "../../../engine/providers/changes";
import type { Difference, DiffRequest } from "../../../engine/providers/provider";
import { equal, isObject, isSecret, type Properties, reveal, type Value } from "../../../engine/providers/values";
import { differenceOf } from "./replacements";

/** What of a type's properties is compared otherwise. */
export interface Comparison {
  /** Paths of lists whose order says nothing to the provider (`TypeSet`). */
  readonly sets?: readonly string[];
  /** Inputs that the provider never reads back (`WriteOnly`), with the one that tells of a change. */
  readonly writeOnly?: readonly string[];
}

/** What of a resource differs, and what of that cannot be changed in place. */
export function difference(request: DiffRequest, { sets = [], writeOnly = [] }: Comparison): Difference {
  const { type, oldInputs, oldOutputs, newInputs, ignoreChanges = [] } = request;
  const told: Properties = { ...oldOutputs, ...pick(oldInputs, writeOnly) };
  const before = seen(told, oldInputs, newInputs, "", sets.map(pathParts)) as Properties;
  const found = differenceOf(type, before, newInputs);
  const ignored = ignoreChanges.map(pathParts);
  const covers = (path: string) => {
    const parts = pathParts(path);
    return ignored.some((entry) => entry.every((part, i) => part === "*" || part === parts[i]));
  };
  return { ...found, properties: new Map([...found.properties].filter(([path]) => !covers(path))) };
}

function pick(from: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(keys.flatMap((key) => (key in from ? [[key, from[key]!]] : [])));
}

/**
 * What the state has of what the program speaks of, now or before. What only the API speaks of is no difference.
 *
 * @param sets paths of lists whose order does not matter
 */
function seen(
  told: Value | undefined,
  before: Value | undefined,
  now: Value | undefined,
  path: string,
  sets: readonly (readonly string[])[],
): Value | undefined {
  if (isSecret(told) || isSecret(now)) return told;
  if (isObject(told) && isObject(now)) {
    const old = isObject(before) ? before : {};
    const entries = Object.keys({ ...old, ...now }).flatMap((key): [string, Value][] => {
      const value = key in now ? seen(told[key], old[key], now[key], memberPath(path, key), sets) : old[key];
      return value === undefined || value === null ? [] : [[key, value]];
    });
    return Object.fromEntries(entries);
  }
  if (Array.isArray(told) && Array.isArray(now)) {
    const parts = pathParts(path);
    const isSet = sets.some(
      (set) => set.length === parts.length && set.every((part, i) => part === "*" || part === parts[i]),
    );
    const old = Array.isArray(before) ? before : [];
    const ordered = isSet ? inOrderOf(told, now) : told;
    return ordered.map((entry, i) => seen(entry, old[i], now[i], `${path}[${i}]`, sets) ?? null);
  }
  return told;
}

/** A set in the order that the program has it in; what is only in the set comes last. */
function inOrderOf(set: readonly Value[], now: readonly Value[]): Value[] {
  const left = [...set];
  const found = now.flatMap((wanted) => {
    const at = left.findIndex((entry) => equal(projected(reveal(entry), wanted) ?? null, reveal(wanted)));
    return at < 0 ? [] : left.splice(at, 1);
  });
  return [...found, ...left];
}

/** A value with no more members than another one has. */
export function projected(value: Value | undefined, like: Value | undefined): Value {
  if (isSecret(value) || isSecret(like)) return value ?? null;
  if (isObject(value) && isObject(like)) {
    return Object.fromEntries(
      Object.keys(like).flatMap((key) => (key in value ? [[key, projected(value[key], like[key])]] : [])),
    );
  }
  if (Array.isArray(value) && Array.isArray(like)) return value.map((entry, i) => projected(entry, like[i] ?? like[0]));
  return value ?? null;
}
