import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../components/schema/mapIn";
import type { ConfigChange } from "../../review/comment/model";

type Settings = Readonly<Record<string, unknown>>;

/**
 * What differs between two versions of a stack's settings, one entry for each value, in the order of the keys. A value
 * that is encrypted on either side is told by its key alone.
 * @param before the `config` map; undefined for a stack that is new
 */
export function configChanges(before: Settings | undefined, after: Settings): ConfigChange[] {
  return differences(before ?? {}, after, [])
    .map(({ path, before, after }) => {
      const secret = isSecret(before) || isSecret(after);
      const kind = before === undefined ? "add" : after === undefined ? "remove" : "change";
      const values = secret ? {} : { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
      return { key: keyOf(path), kind, secret, ...values } as const;
    })
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

interface Difference {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

function differences(before: unknown, after: unknown, path: readonly string[]): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isMap(before) || !isMap(after) || isSecret(before) || isSecret(after)) {
    // What is new or gone is told value by value too, so that a secret in it is seen as one.
    const [only] = [before, after].filter((side) => side !== undefined);
    const alone = before === undefined || after === undefined;
    if (alone && isMap(only) && !isSecret(only) && Object.keys(only).length > 0) {
      return differences(before ?? {}, after ?? {}, path);
    }
    return [{ path, before, after }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
}

/** `switchboard:postgres.storage`; a key with other characters is quoted. */
function keyOf([first = "", ...rest]: readonly string[]): string {
  return first + rest.map((key) => (/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("");
}

/** How Pulumi writes an encrypted value, wherever in it the encrypted text is. */
function isSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isSecret);
  if (!isMap(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === "secure" && typeof value.secure === "string";
}
