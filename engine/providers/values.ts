/** Pulumi's property values as they travel: JSON, with secrets and unknowns in the engine's own envelopes. */

import { secretMark, secretSignature, unknownValue } from "../../lib/engineValues";
import { ListValue, NullValue, Struct, Value as ValueProto } from "../protobuf";

export type Value = null | boolean | number | string | Value[] | Properties;
export type Properties = { [key: string]: Value };

export { unknownValue as unknown };

const unknowns = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Whether a value is not known yet. */
export function isUnknown(value: Value | undefined): boolean {
  return typeof value === "string" && unknowns.has(value);
}

/** Whether any part of a value is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isObject(value)) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/** Wraps a value so that the engine encrypts it in the state and masks it on the screen. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [secretSignature]: secretMark, value };
}

/** Whether a value is wrapped as a secret at its top. */
export function isSecret(value: Value | undefined): value is { value: Value } {
  return isObject(value) && value[secretSignature] === secretMark;
}

/** A copy without any secret envelope: for computing only, never to be sent back as it is. */
export function reveal<T extends Value>(value: T): T {
  if (isSecret(value)) return reveal((value.value ?? null) as Value) as T;
  if (Array.isArray(value)) return value.map(reveal) as T;
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, reveal(v)])) as T;
  return value;
}

/** Whether any part of a value is a secret. */
export function hasSecret(value: Value | undefined): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

/** A copy of `value` that is secret wherever `like` is. Where the shapes part below a secret, the whole part is one. */
export function secretLike(value: Value, like: Value | undefined): Value {
  if (isSecret(like)) return secret(value);
  if (like === undefined || !hasSecret(like)) return value;
  if (Array.isArray(value) && Array.isArray(like)) {
    return value.length === like.length ? value.map((v, i) => secretLike(v, like[i])) : secret(value);
  }
  if (isObject(value) && isObject(like)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, secretLike(v, like[k])]));
  }
  return secret(value);
}

/** Whether a value is an object (a secret is one too). */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deep equality of revealed values; the order of an object's keys does not matter. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => equal(v, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
  }
  return a === b;
}

/** From the protocol's Struct; a missing one is an empty object. */
export function fromStruct(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** To the protocol's Struct. Members that are undefined are left out, which `Struct.fromJavaScript` would refuse. */
export function toStruct(properties: { readonly [key: string]: Value | undefined }): Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(properties)) if (value !== undefined) fields.set(key, toValue(value));
  return struct;
}

function toValue(value: Value): InstanceType<typeof ValueProto> {
  const proto = new ValueProto();
  if (value === null) proto.setNullValue(NullValue.NULL_VALUE);
  else if (typeof value === "boolean") proto.setBoolValue(value);
  else if (typeof value === "number") proto.setNumberValue(value);
  else if (typeof value === "string") proto.setStringValue(value);
  else if (Array.isArray(value)) {
    const list = new ListValue();
    list.setValuesList(value.map(toValue));
    proto.setListValue(list);
  } else proto.setStructValue(toStruct(value));
  return proto;
}
