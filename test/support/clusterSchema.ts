import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "./plan";

/** The release of CloudNativePG that `Cluster` objects are compared with. */
export const operatorVersion = "v1.27.1";

/** What of a schema is compared: `true` stands for a part that no stack of the tests sets. */
export type Schema = true | SchemaMap;
interface SchemaMap {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

/** The part of the schema of `spec` that the tests need, with the text of the licence beside it. */
export const schemaFile = join(repository, "test/fixtures/cloudNativePg/cluster.json");

export function storedSchema(): Schema {
  return (JSON.parse(readFileSync(schemaFile, "utf8")) as { spec: Schema }).spec;
}

/** The definition of `Cluster` in the operator's Go module, from its proxy. */
export function publishedDefinition(): { readonly file: string; readonly spec: Schema } {
  const module = `github.com/cloudnative-pg/cloudnative-pg@${operatorVersion}`;
  const answer = execFileSync("go", ["mod", "download", "-json", module], { cwd: tmpdir(), encoding: "utf8" });
  const { Dir } = JSON.parse(answer) as { Dir: string };
  const file = join(Dir, "config/crd/bases/postgresql.cnpg.io_clusters.yaml");
  const { spec } = parse(readFileSync(file, "utf8"));
  return { file, spec: spec.versions[0].schema.openAPIV3Schema.properties.spec };
}

/** A schema without what none of the values sets: the names of such fields stay, so that a wrong one is known. */
export function trimmed(schema: Schema, values: readonly unknown[]): Schema {
  if (schema === true) return true;
  const { type, required, minimum, minLength, pattern, ...rest } = schema;
  const maps = values.filter((value): value is Record<string, unknown> => typeof value === "object" && value !== null);
  const below = (key: string) => maps.flatMap((value) => (Object.hasOwn(value, key) ? [value[key]] : []));
  const properties = Object.entries(schema.properties ?? {}).map(([key, of]): [string, Schema] => {
    const set = below(key);
    return [key, set.length > 0 ? trimmed(of, set) : true];
  });
  const inside = maps.flatMap((value) => Object.values(value));
  return {
    ...{ type, required, minimum, minLength, pattern, enum: schema.enum },
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(schema.additionalProperties && { additionalProperties: trimmed(schema.additionalProperties, inside) }),
    ...(schema.items && { items: trimmed(schema.items, values.filter(Array.isArray).flat()) }),
    ...(rest["x-kubernetes-int-or-string"] && { "x-kubernetes-int-or-string": true }),
  };
}

/** What of a value the schema does not let pass, each with its path. */
export function schemaProblems(value: unknown, schema: Schema, path = "spec"): string[] {
  if (schema === true) return [`${path}: is not in ${schemaFile}; write it anew`];
  if (schema["x-kubernetes-int-or-string"])
    return ["string", "number"].includes(typeof value) ? [] : [`${path}: must be text or a number`];
  const type = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  if (schema.type !== undefined && schema.type !== type) return [`${path}: is of type ${type}, not ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: is none of ${schema.enum.join(", ")}`];
  if (schema.minimum !== undefined && Number(value) < schema.minimum) return [`${path}: is below ${schema.minimum}`];
  if (typeof value === "string" && value.length < (schema.minLength ?? 0)) return [`${path}: is too short`];
  if (schema.pattern && !new RegExp(schema.pattern).test(String(value))) return [`${path}: is not ${schema.pattern}`];
  if (Array.isArray(value))
    return value.flatMap((entry, index) => schemaProblems(entry, schema.items ?? true, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key));
  return [
    ...missing.map((key) => `${path}.${key}: is missing`),
    ...Object.entries(value).flatMap(([key, entry]) => {
      const of = schema.properties?.[key] ?? schema.additionalProperties;
      return of === undefined ? [`${path}.${key}: is no field`] : schemaProblems(entry, of, `${path}.${key}`);
    }),
  ];
}
