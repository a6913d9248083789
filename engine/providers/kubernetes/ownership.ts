import { createHash } from "node:crypto";
import { pathParts } from "../changes";
import type { Fields, KubeObject } from "./client";

/**
 * The name under which this provider owns the fields of an object that it makes, for server-side apply. The official one
 * makes up a name for each object and keeps it in the state; whoever continues a state keeps the name that is there.
 */
export const fieldManager = "pulumi-kubernetes";

/**
 * Annotation that proves which Pulumi resource made an object. An `up` that is killed between the API server's answer
 * and the engine's checkpoint leaves an object that no state knows; the next `up` would stop at "already exists".
 * The proof is a hash of the resource's URN and of an id that belongs to one state alone, so another person's stack
 * of the same name does not match, and an object without it is never taken over.
 */
export const proofAnnotation = "switchboard.dev/creation-proof";

/** The proof for a resource; undefined where the state has no id, and then nothing is ever adopted. */
export function creationProof(urn: string, stateId = process.env.SWITCHBOARD_STATE_ID): string | undefined {
  return stateId ? createHash("sha256").update(`${stateId}\0${urn}`).digest("hex").slice(0, 32) : undefined;
}

/**
 * A switch for tests: with `SWITCHBOARD_REFUSE_EXISTING=true` this provider behaves as the official one does since its
 * release 4.29. It creates nothing that exists, whoever made it, and only says so when it is to be made: a preview is green.
 */
export function refusesExisting(value = process.env.SWITCHBOARD_REFUSE_EXISTING): boolean {
  return value === "true";
}

/** The object with the proof on it. */
export function withProof(object: KubeObject, proof: string | undefined): KubeObject {
  if (!proof) return object;
  const annotations = { ...object.metadata?.annotations, [proofAnnotation]: proof };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Whether the live object was made for the resource with this proof. */
export function isProvedBy(live: KubeObject, proof: string | undefined): boolean {
  return proof !== undefined && live.metadata?.annotations?.[proofAnnotation] === proof;
}

/**
 * The object to apply when the program ignores changes of some fields: a field that another manager owns is left
 * out, so that it stays theirs; one that only this provider owns is sent with its live value, because leaving it out
 * would remove it (an autoscaler that has not acted yet would find `replicas: 1`).
 */
export function withoutIgnored(
  object: KubeObject,
  ignored: readonly string[],
  live: KubeObject,
  manager = fieldManager,
): KubeObject {
  const result = structuredClone(object) as Fields;
  for (const path of ignored) {
    const parts = pathParts(path);
    const value = at(live as Fields, parts);
    if (value === undefined || parts.includes("*")) continue;
    set(result, parts, ownedByAnother(live, parts, manager) ? undefined : value);
  }
  return result as KubeObject;
}

/** Whether a manager other than this one owns a field. Members of lists count as nobody's. */
function ownedByAnother(live: KubeObject, parts: readonly string[], own = fieldManager): boolean {
  return (live.metadata?.managedFields ?? []).some(({ manager, operation, fieldsV1 }) => {
    if (manager === own && operation === "Apply") return false;
    return (
      at(
        fieldsV1 ?? {},
        parts.map((part) => `f:${part}`),
      ) !== undefined
    );
  });
}

function at(root: Fields, parts: readonly string[]): unknown {
  let value: unknown = root;
  for (const part of parts) value = (value as Fields | undefined | null)?.[part];
  return value;
}

/** Sets a member, or removes it when the value is undefined. Does nothing where the way to it is missing. */
function set(root: Fields, parts: readonly string[], value: unknown): void {
  const parent = at(root, parts.slice(0, -1));
  const key = parts.at(-1)!;
  if (typeof parent !== "object" || parent === null) return;
  if (value !== undefined) (parent as Fields)[key] = value;
  else if (!Array.isArray(parent)) delete (parent as Fields)[key];
}
