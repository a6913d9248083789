import assert from "node:assert/strict";
import { test } from "node:test";
import { type SettingRow, settingRows } from "../components/settings/describe";
import { everythingKinds, everythingStack } from "./support/everything";

const stacks = everythingKinds.map((kind) => everythingStack(kind).config as Record<string, Record<string, unknown>>);

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

/** Every setting, with what the stacks of its kind say of it. */
function settings(): { readonly name: string; readonly row: SettingRow; readonly values: unknown[] }[] {
  return Object.entries(settingRows()).flatMap(([layer, rows]) =>
    rows.map((row) => ({
      name: `${layer}.${row.key}${row.kind ? ` of kind ${row.kind}` : ""}`,
      row,
      values: stacks.flatMap((config) => {
        const given = config[`switchboard:${layer}`];
        return isOfKind(given, row) ? valuesAt(given, row.key.split(".")) : [];
      }),
    })),
  );
}

/** Whether the layer, or the certificate in it, is of the kind that a setting belongs to. */
function isOfKind(layer: any, { kind, key }: SettingRow): boolean {
  return kind === undefined || (key.startsWith("certificate.") ? layer.certificate.kind : layer.kind) === kind;
}

/** Every value at a path; `<name>` is each key of a map. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (key === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  const inner = key === "<name>" ? Object.values(value) : key in value ? [(value as Record<string, unknown>)[key]] : [];
  return inner.flatMap((entry) => valuesAt(entry, rest));
}
