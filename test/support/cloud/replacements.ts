import type { Fixed } from "../../../components/clouds/shared/facts/fixed";
import { factsOf } from "../../../components/facts";
import { changes, pathParts } from "../../../engine/providers/changes";
import { kubernetesDifference } from "../../../engine/providers/kubernetes/replacement";
import type { Difference, PropertyChange } from "../../../engine/providers/provider";
import { equal, isObject, isUnknown, type Properties, reveal, type Value } from "../../../engine/providers/values";
import { isKubernetesObject } from "../../../engine/resources/resource";

/** What of a kind cannot be changed in place; undefined where nobody has said anything of it. */
export function fixedOf(type: string): Fixed | undefined {
  return factsOf(type)?.fixed;
}

/** Inputs of generated values that may change without making a new one (terraform-provider-tls, docs/resources). */
const inPlace = /^earlyRenewalHours/;

/**
 * What has to happen to get from old inputs to new ones, as the kind's own provider would answer. A kind that no table
 * knows is changed in place.
 */
export function differenceOf(type: string, oldInputs: Properties, newInputs: Properties): Difference {
  if (isKubernetesObject(type))
    return kubernetesDifference(oldInputs, newInputs, { configMaps: false, secrets: false });
  const found = [...changes(oldInputs, newInputs)];
  const replaces = replacing(type, oldInputs, newInputs);
  const properties = new Map<string, PropertyChange>(
    found.map(([path, kind]) => [path, { kind, replace: replaces(path) }]),
  );
  const replaced = [...properties.values()].some(({ replace }) => replace);
  return { properties, deleteBeforeReplace: replaced && goesFirst(fixedOf(type), oldInputs, newInputs) };
}

function replacing(type: string, oldInputs: Properties, newInputs: Properties): (path: string) => boolean {
  // Whatever goes into a generated value makes another one.
  if (/^(random|tls):/.test(type)) return (path) => !inPlace.test(path);
  const fixed = fixedOf(type);
  if (!fixed) return () => false;
  const always = fixed.properties.map(pathParts);
  const sometimes = Object.entries(fixed.sometimes ?? {}).map(([path, when]) => ({ parts: pathParts(path), when }));
  const [olds, news] = [reveal(oldInputs), reveal(newInputs)];
  return (path) => {
    const parts = pathParts(path);
    // A block that changes around an entry is no reason, as long as the entry in it stays.
    const concerns = (entry: readonly string[]) =>
      overlap(entry, parts) && (entry.length <= parts.length || differs(entry));
    if (always.some(concerns)) return true;
    return sometimes.some((entry) => concerns(entry.parts) && when(entry.parts, entry.when));
  };

  function differs(parts: readonly string[]): boolean {
    return !equal(at(olds, parts) ?? null, at(news, parts) ?? null);
  }

  function when(parts: readonly string[], test: NonNullable<Fixed["sometimes"]>[string]): boolean {
    const [before, after] = [at(olds, parts), at(news, parts)];
    return !isUnknown(after) && test(before, after, news);
  }
}

/** Two of one name cannot be there at once: the old one goes first, as some kinds do in any case. */
function goesFirst(fixed: Fixed | undefined, oldInputs: Properties, newInputs: Properties): boolean {
  if (fixed?.deletedFirst) return true;
  if (!fixed?.named) return false;
  const [before, after] = [oldInputs, newInputs].map((inputs) => reveal(inputs[fixed.named!] ?? null));
  return before !== null && after !== null && !isUnknown(after) && equal(before!, after!);
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, i) => a[i] === b[i]).every(Boolean);
}

function at(value: Value, parts: readonly string[]): Value | undefined {
  return parts.reduce<Value | undefined>((here, part) => (isObject(here) ? here[part] : undefined), value);
}
