import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SettingsContext } from "../schema/context";
import { type Description, describeSchema } from "../schema/report";
import { type Layer, layerMeanings, layerSchemas } from "./layers";

/** One setting as a person reads about it. */
export interface SettingRow {
  /** `replicas`, `limits.login`, `env.<name>`: the key below its layer. */
  readonly key: string;
  readonly type: string;
  /** JSON of the default, words about it, or `required`. */
  readonly default: string;
  readonly meaning: string;
  /** The kind that the key belongs to, in a layer that comes in several. */
  readonly kind?: string;
}

/** Schemas are made for a stack; what they say of themselves is the same for each. */
const anyStack: SettingsContext = {
  stack: "",
  project: "",
  root: "",
  home: "",
  path: "",
  now: new Date(0),
  secretLayers: new Set(),
};

/** Every setting of every layer, in the order of the schema. */
export function settingRows(): Record<Layer, SettingRow[]> {
  const schemas = Object.entries(layerSchemas(anyStack));
  return Object.fromEntries(
    schemas.map(([layer, schema]) => [layer, rowsOf(describeSchema(schema), "", true)]),
  ) as Record<Layer, SettingRow[]>;
}

function rowsOf(description: Description, key: string, required: boolean): SettingRow[] {
  const at = (name: string) => (key ? `${key}.${name}` : name);
  if (description.oneOf) return kindRows(description.oneOf, key);
  const group = description.anyOf?.find((option) => option.type === "object") ?? description;
  const inner = Object.entries(group.properties ?? {}).flatMap(([name, property]) =>
    rowsOf(property, at(name), group.required?.includes(name) ?? false),
  );
  if (group === description && group.properties) return inner;
  const entries = typeof description.additionalProperties === "object" ? description.additionalProperties : undefined;
  const below = entries?.properties ? rowsOf(entries, at("<name>"), true) : inner;
  // A layer that is a map as a whole has no row of its own.
  return key ? [leafRow(description, key, required), ...below] : below;
}

/** The rows of a union of kinds: `kind` once, then each kind's own keys. */
function kindRows(kinds: readonly Description[], key: string): SettingRow[] {
  const names = kinds.map((kind) => String(kind.properties?.kind?.const));
  const rows = kinds.map((kind) => rowsOf(kind, key, true));
  const [first] = rows[0] ?? [];
  if (!first) return [];
  const kindRowsOf = rows.flatMap((list, index) =>
    // What is of a kind within this one stays of that.
    list.slice(1).map((row) => (kinds.length > 1 ? { ...row, kind: row.kind ?? names[index]! } : row)),
  );
  const meaning = [...new Set(rows.flatMap(([row]) => row?.meaning ?? []))].join(". ");
  return [{ ...first, type: names.join(" \\| "), meaning }, ...kindRowsOf];
}

function leafRow(description: Description, key: string, required: boolean): SettingRow {
  const [meaning = "", otherwise] = (description.description ?? "").split("; default: ");
  const set = description.default === undefined ? undefined : JSON.stringify(description.default);
  return { key, type: typeOf(description), default: set ?? otherwise ?? (required ? "required" : "none"), meaning };
}

function typeOf({
  type,
  anyOf,
  minimum,
  maximum,
  enum: words,
  const: word,
  items,
  additionalProperties,
}: Description): string {
  if (word !== undefined) return String(word);
  if (words) return words.join(" \\| ");
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  const names: Record<string, string> = { string: "string", integer: "integer", boolean: "true \\| false" };
  if (type === "integer" && minimum !== undefined) return `${minimum} to ${maximum}`;
  if (type === "array") return `list of ${items ? typeOf(items) : "values"}`;
  if (type === "object")
    return typeof additionalProperties === "object" && !additionalProperties.properties
      ? `map(${typeOf(additionalProperties)})`
      : "map";
  return names[type ?? ""] ?? type ?? "any";
}

const configNote =
  "# Made by `npm run settings`. Every layer has an empty default, so that the program itself can name each key that is missing.";

const ofKind = ({ kind }: SettingRow) => (kind ? `With \`${kind}\`: ` : "");
const plain = (text: string) => text.replaceAll("\\|", "|");

/** The `config` block of Pulumi.yaml: one structured key for each layer, because Pulumi cannot type what is inside. */
export function pulumiConfig(rows = settingRows()): string {
  const lines = Object.entries(rows).flatMap(([layer, list]) => [
    `  ${layer}:`,
    "    type: object",
    "    default: {}",
    "    description: |",
    `      ${capital(layerMeanings[layer as Layer])}.`,
    ...list.map((row) => `      ${row.key} (${plain(row.type)}; ${defaultText(row)}): ${ofKind(row)}${row.meaning}`),
  ]);
  return `${configNote}\nconfig:\n${lines.join("\n")}\n`;
}

function defaultText(row: SettingRow): string {
  return row.default === "required" ? "required" : `default ${row.default}`;
}

/** The reference of all settings. */
export function settingsReference(rows = settingRows()): string {
  const parts = Object.entries(rows).map(([layer, list]) => {
    const kinds = [...new Set(list.flatMap(({ kind }) => kind ?? []))];
    const whose = (kind: string) => `${layer}.${unionOf(kind, list)}`.slice(0, -".kind".length);
    return [
      `## ${layer}\n\n${capital(layerMeanings[layer as Layer])}.\n\n${table(list.filter(({ kind }) => !kind))}`,
      ...kinds.map((kind) => `### ${whose(kind)} of kind ${kind}\n\n${table(list.filter((row) => row.kind === kind))}`),
    ].join("\n");
  });
  return `# Settings

Made from the schemas in \`components/settings\` by \`npm run settings\`; change them there.

A stack's settings are in \`Pulumi.<stack>.yaml\`, one map for each layer: \`switchboard:panel\`, \`switchboard:edge\` and so on.
The program reports all wrong settings at once, before it changes anything. Sizes are strings with a binary unit (\`96Mi\`, \`1Gi\`). CPU
is a string (\`50m\` is 50 thousandths of a core). An image is \`registry/name:tag\`, or a map of \`repository\` and the \`source\` folder
it is built from. Store a secret with \`pulumi config set --secret --path panel.secretEnv.NAME\`.

${parts.join("\n")}`;
}

/** The key by which a kind is chosen, among several of a layer. */
function unionOf(kind: string, list: readonly SettingRow[]): string {
  const keys = list.filter((row) => /(^|\.)kind$/.test(row.key) && row.kind !== kind).map(({ key }) => key);
  // The innermost first.
  const unions = keys.sort((one, other) => other.length - one.length);
  const [own] = list.filter((row) => row.kind === kind);
  return unions.find((key) => own?.key.startsWith(key.slice(0, -"kind".length))) ?? "kind";
}

function table(rows: readonly SettingRow[]): string {
  const body = rows.map(
    (row) => `| \`${row.key}\` | ${row.type} | ${defaultCell(row.default)} | ${row.meaning.replaceAll("|", "\\|")} |`,
  );
  return `| Key | Type | Default | Meaning |\n|---|---|---|---|\n${body.join("\n")}\n`;
}

function defaultCell(text: string): string {
  return /^(required|none)$/.test(text) || /[ `]/.test(text.replace(/".*"/g, "")) ? text : `\`${text}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Pulumi.yaml with its last block, `config`, made anew. */
export function withConfig(pulumiYaml: string, config: string): string {
  const [head = ""] = pulumiYaml.split(/^(?:# Made by `npm run settings`|config:$)/m);
  return `${head.trimEnd()}\n${config}`;
}

/** Brings Pulumi.yaml and docs/settings.md up to date with the schemas. */
function main(root: string): void {
  const project = join(root, "Pulumi.yaml");
  const files = {
    [project]: withConfig(readFileSync(project, "utf8"), pulumiConfig()),
    [join(root, "docs", "settings.md")]: settingsReference(),
  };
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(path, text);
    process.stdout.write(`${path} is up to date\n`);
  }
}

if (require.main === module) main(resolve(__dirname, "../.."));
