import { secret, unknown } from "../../../../lib/masking/marks";
import { mapIn } from "../../../schema/mapIn";

/** A map of a resource's inputs, of which nothing is known beforehand. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is there and nobody may or can see it: a rule then has nothing to say. */
export function isHidden(value: unknown): boolean {
  return value === unknown || value === secret;
}

/**
 * What stands at a path (`spec.template.spec.containers[0].image`) of a value. Below something hidden everything is
 * hidden; `null` and what is below a value of another shape are not set.
 */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split(/\.|\[(\d+)\]/).filter(Boolean)) {
    if (isHidden(here)) return here;
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Fields)[key];
  }
  return here === null ? undefined : here;
}

/** A value as a list; one that is no list, or hidden, has no entries. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as a map; one that is no map, or hidden, has no keys. */
export const fieldsOf: (value: unknown) => Fields = mapIn;

/** A value as text; undefined where it is none or hidden. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isHidden(value) ? value : undefined;
}

/** A number, also where a provider wants it as text; undefined where it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Whether a value is a given one; providers take `"true"` for `true` and `"3"` for `3`. */
export function isSame(value: unknown, wanted: string | number | boolean): boolean {
  return value === wanted || (typeof value !== "object" && value !== undefined && String(value) === String(wanted));
}

/** `spec.replicas is 3`, `spec.type is "NodePort"`, `spec.template is not set`. */
export function stated(path: string, value: unknown): string {
  return value === undefined || value === null ? `${path} is not set` : `${path} is ${shown(value)}`;
}

/** A value as a message shows it: at most so much of it that one line stays one. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "not set";
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Whether a network is all addresses that there are. */
export function isEveryone(cidr: unknown): boolean {
  return /^(0\.0\.0\.0|::|0:0:0:0:0:0:0:0)\/0$/.test(textOf(cidr) ?? "");
}

/** Whether a value has members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that may stand alone or in a list, as a list. */
export function many(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Whether a pod is one of the edge, where the world may come in. */
export function mayBeEdge(labels: unknown): boolean {
  const name = fieldsOf(labels)["app.kubernetes.io/name"];
  return isHidden(labels) || isHidden(name) || name === "edge";
}
