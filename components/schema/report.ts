import { z } from "zod";
import { type SettingsContext, storedAs, writtenAs } from "./context";
import { show } from "./fields";
import { nearest } from "./nearest";
import { looksSecret } from "./values/secretNames";

/** What the parser's library says of one wrong value. */
type Issue = z.core.$ZodIssue;

/** The part of a JSON schema that errors are worded from. */
export interface Description {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Description>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Description | boolean;
  readonly items?: Description;
  readonly anyOf?: readonly Description[];
  readonly oneOf?: readonly Description[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A schema as its users see it: what may be written, what it means and what is there when nothing is written. */
export function describeSchema(schema: z.ZodType): Description {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Description;
}

/** One sentence for each issue of a layer: `<key>: <what is wrong>; <what to do>`. */
export function sentences(
  layer: string,
  issues: readonly Issue[],
  raw: unknown,
  schema: z.ZodType,
  context: SettingsContext,
): string[] {
  let description: Description | undefined;
  const reader = {
    described: (path: readonly PropertyKey[]) => {
      description ??= describeSchema(schema);
      return descend(description, path, raw);
    },
  };
  return issues.flatMap((issue) => sentence(issue, [layer], raw, reader, context));
}

function sentence(
  issue: Issue,
  prefix: readonly PropertyKey[],
  raw: unknown,
  reader: { described(path: readonly PropertyKey[]): Description | undefined },
  context: SettingsContext,
): string[] {
  const path = [...prefix, ...issue.path];
  const inner = path.slice(1);
  const value = valueAt(raw, inner);
  const name = keyName(path);
  // An encrypted value is in no message, whatever is wrong with it. Our own messages for secrets name none.
  const hidden = (isSecretKey(path) || storedAs(context, path) === "encrypted") && typeof value !== "object";
  const shown = hidden ? "the value" : show(value);
  const quoted = () => (hidden ? '"…"' : `"${writtenAs(context, path) ?? String(value)}"`);
  const meaning = () => {
    const text = reader.described(inner)?.description;
    return text ? ` (${text})` : "";
  };

  switch (issue.code) {
    case "unrecognized_keys": {
      const known = Object.keys(reader.described(inner)?.properties ?? {});
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        return `${keyName([...path, key])}: unknown key; ${near ? `did you mean ${near}?` : `use ${oneOf(known)}`}`;
      });
    }
    case "invalid_union": {
      if ("discriminator" in issue && issue.discriminator) {
        const kinds = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
        return [kindSentence(name, value, kinds)];
      }
      // The branch whose outer type fits is the one that was meant; its own issues say more than "no branch fits".
      const meant = issue.errors.find(
        (branch) => !branch.some((one) => one.path.length === 0 && one.code === "invalid_type"),
      );
      if (meant) return meant.flatMap((one) => sentence(one as Issue, path, raw, reader, context));
      break;
    }
    case "invalid_type":
      if (value === undefined) return [`${name}: is not set; add it to Pulumi.${context.stack}.yaml${meaning()}`];
      if (value === null) return [`${name}: has no value; give one or remove the key${meaning()}`];
      if (issue.expected === "object" || issue.expected === "record")
        return [`${name}: ${shown} is not a map of keys and values; write its keys below it`];
      if (issue.expected === "array")
        return [`${name}: ${shown} is not a list; write its items below it, each after "- "`];
      if (issue.expected === "string") {
        // A schema that says more than the library does knows what such a value was meant to be.
        if (!issue.message.startsWith("Invalid input")) break;
        if (typeof value === "object") return [`${name}: ${shown} is not text; write one value${meaning()}`];
        return [`${name}: ${shown} is not text; quote it: ${quoted()}`];
      }
      break;
    case "invalid_value": {
      const allowed = issue.values.map(String);
      if (
        (typeof value === "number" || typeof value === "boolean") &&
        !issue.values.some((one) => typeof one !== "string")
      ) {
        const more = !hidden && allowed.includes(quoted().slice(1, -1)) ? "" : `, and use ${oneOf(allowed)}`;
        return [`${name}: ${shown} is not text; quote it: ${quoted()}${more}`];
      }
      const near = typeof value === "string" ? nearest(value, allowed) : undefined;
      return [`${name}: ${shown} is not supported; use ${oneOf(allowed)}${near ? ` (did you mean ${near}?)` : ""}`];
    }
  }
  if (value === undefined && issue.code === "invalid_union")
    return [`${name}: is not set; add it to Pulumi.${context.stack}.yaml${meaning()}`];
  if (hidden && issue.code !== "custom")
    return [`${name}: the value (not shown, it is a secret) does not fit${meaning()}`];
  if (hidden && issue.message.includes(show(value)))
    return [`${name}: ${issue.message.replaceAll(show(value), "the value")}`];
  return [`${name}: ${issue.message}`];
}

/** A layer without its kind, or with one that is not in the registry. */
function kindSentence(name: string, kind: unknown, kinds: readonly string[]): string {
  const allowed = oneOf(kinds);
  if (kind === undefined || (typeof kind === "object" && kind !== null)) return `${name}: is not set; use ${allowed}`;
  const near = typeof kind === "string" && kinds.length > 1 ? nearest(kind, kinds) : undefined;
  return `${name}: ${show(kind)} is not supported; use ${allowed}${near ? ` (did you mean ${near}?)` : ""}`;
}

function oneOf(allowed: readonly string[]): string {
  return allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(", ")}`;
}

/** Keys that are secret by their meaning or look so, however they are stored. */
function isSecretKey(path: readonly PropertyKey[]): boolean {
  const [layer, group, key, field] = path;
  if (path.includes("secretEnv") || path.at(-2) === "basicAuth") return true;
  // Where a map is asked for, and a secret may have been written by mistake.
  if (["generated", "secretFrom", "externalSecrets"].includes(String(path.at(-2)))) return true;
  if (path.at(-2) === "keys" && typeof path.at(-1) === "string") return true;
  if (path.at(-2) === "firstLogin" && path.at(-1) === "password") return true;
  if (layer === "edge" && group === "certificate" && key === "key") return true;
  if (layer === "operations" && group === "registries" && field === "password") return true;
  if (group === "backup" && /^(encryptionKey|accessKey|secretKey|key)$/.test(String(path.at(-1)))) return true;
  if (path.at(-3) === "files" && path.at(-1) === "secret") return true;
  return path.at(-2) === "env" && looksSecret(String(path.at(-1)));
}

/** The description at a path: through maps, lists, and the branch of a union that the value's kind or shape chose. */
function descend(description: Description, path: readonly PropertyKey[], raw: unknown): Description | undefined {
  let here: Description | undefined = branch(description, raw);
  let value = raw;
  for (const key of path) {
    value = valueAt(value, [key]);
    const further: Description | boolean | undefined =
      here?.properties?.[String(key)] ?? here?.items ?? here?.additionalProperties;
    // A kind's own key is described by the union above it, so that all kinds can be listed.
    if (key === "kind" && !further) return description;
    here = typeof further === "object" ? branch(further, value) : undefined;
  }
  return here;
}

function branch(description: Description, value: unknown): Description {
  const options = description.oneOf ?? description.anyOf;
  if (!options) return description;
  const kind = valueAt(value, ["kind"]);
  const chosen = options.find((option) =>
    kind !== undefined && option.properties?.kind
      ? option.properties.kind.const === kind
      : ["object", "array"].every((type) => (option.type === type) === (shapeOf(value) === type)),
  );
  return chosen && (kind === undefined || chosen.properties?.kind?.const === kind)
    ? { ...chosen, description: description.description ?? chosen.description }
    : description;
}

const shapeOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key)
        ? (here as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

/** `panel.schedules.cleanup.command[0]`: a key as it is written with `pulumi config set --path`. */
export function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const text = String(key);
      if (!/^[\w-]+$/.test(text)) return `[${JSON.stringify(text)}]`;
      return index === 0 ? text : `.${text}`;
    })
    .join("");
}
