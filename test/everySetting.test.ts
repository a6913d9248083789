import assert from "node:assert/strict";
import { test } from "node:test";
import { type SettingRow, settingRows } from "../components/settings/describe";
import { everythingKinds, everythingStack } from "./support/everything";
import { plan } from "./support/plan";
import { layerKey } from "./support/project";

/** The module itself, because the program takes `readSettings` from it at each run. */
const settingsModule = require("../components/settings") as { readSettings: () => Promise<object> };

type Config = Record<string, Record<string, unknown>>;

const stacks = everythingKinds.map((kind) => everythingStack(kind).config as Config);

test("the stacks that set everything leave no setting of the schema out", () => {
  const missing = settings().filter(({ values }) => values.length === 0);
  assert.deepEqual(
    missing.map(({ name }) => `${name} is in none of test/fixtures/stacks`),
    [],
  );
});

test("each setting has another value than its default in one of them, or nobody would see that it is read", () => {
  const idle = settings().filter(
    ({ row, values }) => values.length > 0 && values.every((value) => JSON.stringify(value) === row.default),
  );
  assert.deepEqual(
    idle.map(({ name, row }) => `${name} is ${row.default}, as by default`),
    [],
  );
});

test("the program reads each of them: none is accepted and then means nothing", async () => {
  const unread = new Map<string, boolean>();
  const { readSettings } = settingsModule;
  try {
    for (const kind of everythingKinds) {
      const { stack, config, secretKeys } = everythingStack(kind);
      settingsModule.readSettings = async () => watched(await readSettings(), "", unread);
      await plan(config, { stack, secretKeys, preview: false });
    }
  } finally {
    settingsModule.readSettings = readSettings;
  }
  assert.ok(unread.size > 100);
  // What the parser adds for itself, what it has made another value of, and what only builds and checks ask for.
  const own =
    /^(stack|project|warnings|cluster\.kubeconfig\.server)$|[iI]mage\.(repository|source|platforms)$|\.directory\.authority$/;
  const idle = [...unread].filter(([path, idle]) => idle && !own.test(path)).map(([path]) => path);
  assert.deepEqual(idle, []);
});

/** The same value, which marks in `unread` what of it nobody has asked for. */
function watched<T extends object>(value: T, path: string, unread: Map<string, boolean>): T {
  for (const [key, entry] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    if (!isMap(entry) && entry !== undefined && !unread.has(at)) unread.set(at, true);
    else if (isMap(entry)) watched(entry, at, unread);
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      const entry = Reflect.get(target, key, receiver);
      if (typeof key !== "string" || !Object.hasOwn(target, key)) return entry;
      const at = path ? `${path}.${key}` : key;
      if (isMap(entry)) return watched(entry, at, unread);
      if (unread.has(at)) unread.set(at, false);
      return entry;
    },
  });
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Every setting, with what the stacks of its kind say of it. */
function settings(): { readonly name: string; readonly row: SettingRow; readonly values: unknown[] }[] {
  return Object.entries(settingRows()).flatMap(([layer, rows]) =>
    rows.map((row) => ({
      name: `${layer}.${row.key}${row.kind ? ` of kind ${row.kind}` : ""}`,
      row,
      values: stacks.flatMap((config) => valuesAt(config[layerKey(layer)], row.key.split("."), row.kind)),
    })),
  );
}

/** Every value at a path; `<name>` is each key of a map. Of maps that have a kind, the inmost one must be of that kind. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[], kind?: string, isOfKind = true): unknown[] {
  if (key === undefined) return isOfKind ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  const map = value as Record<string, unknown>;
  // The word itself belongs to the map around its own.
  const isWord = key === "kind" && rest.length === 0;
  const fits = kind !== undefined && "kind" in map && !isWord ? map.kind === kind : isOfKind;
  const inner = key === "<name>" ? Object.values(map) : key in map ? [map[key]] : [];
  return inner.flatMap((entry) => valuesAt(entry, rest, kind, fits));
}
