import type { GoValue } from "./goScalar";
import { goTimeText } from "./goTime";
import { GoLeaf, type GoMap, type GoTree, keyInYaml, keyName, UnreadableYaml } from "./goYaml";

/** Keys from the top of a stack's settings to a value. */
export type SettingPath = readonly (string | number)[];

/** Tells of each scalar that is no text, as it was written: `7.20`, `2026-12-20`. */
export type Written = (path: SettingPath, text: string) => void;

/**
 * A value as the program gets it from the CLI, once that has written and read it as JSON.
 *
 * @param dates how a date without quotes is written: one way for a stack's file, another for Pulumi.yaml
 * @throws UnreadableYaml where JSON has no such value
 */
export function plainValue(tree: GoTree, path: SettingPath, written?: Written, dates = goTimeText): unknown {
  if (tree instanceof GoLeaf) {
    if (typeof tree.value !== "string" && tree.value !== null) written?.(path, tree.written);
    return plainScalar(tree.value, path, dates);
  }
  if (Array.isArray(tree)) return tree.map((entry, index) => plainValue(entry, [...path, index], written, dates));
  // Go writes maps in the order of their keys.
  const entries = namedEntries(tree as GoMap, path).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValue(value, [...path, name], written, dates)]));
}

/** A map's entries by the names that they have for the program. @throws UnreadableYaml for two that Go writes alike */
export function namedEntries(map: GoMap, path: SettingPath): [name: string, value: GoTree][] {
  const seen = new Set<string>();
  return [...map.entries.values()].map(({ key, value }) => {
    const text = keyInYaml(key);
    if (seen.has(text)) throw new UnreadableYaml(`${path.join(".")}: the key ${text} is there twice`);
    seen.add(text);
    return [keyName(key), value];
  });
}

function plainScalar(value: GoValue, path: SettingPath, dates: typeof goTimeText): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new UnreadableYaml(`${path.join(".")}: ${value} cannot be a setting`);
    // Go's JSON reads "-0" as the whole number 0.
    return value === 0 ? 0 : value;
  }
  return typeof value === "object" && value !== null ? dates(value) : value;
}
