import { createHash } from "node:crypto";
import type { Failure } from "../provider";
import { isObject, isSecret, isUnknown, type Properties, reveal, secret, type Value } from "../values";

/** The official provider's mark on an object whose name it chose. */
const autonamedAnnotation = "pulumi.com/autonamed";
const managedBy = "app.kubernetes.io/managed-by";

/** What `completeInputs` needs to know beside the inputs. */
export interface InputContext {
  readonly apiVersion: string;
  readonly kind: string;
  /** The logical name in the program. */
  readonly name: string;
  /** The engine's randomness, the same in preview and update. */
  readonly seed: Uint8Array;
  /** undefined where nobody knows (a custom kind that is not defined yet). */
  readonly namespaced: boolean | undefined;
  /** For objects in a namespace that name none. */
  readonly defaultNamespace: string;
}

/**
 * The program's inputs with what it may leave out: `metadata.name` (the logical name and eight random characters,
 * kept from the old inputs) and the namespace. Values that are not known yet stay as they are. As with the official provider, the managed-by label is not added, and stays where it was added once.
 */
export function completeInputs(
  news: Properties,
  olds: Properties | undefined,
  context: InputContext,
): { inputs: Properties; failures: Failure[] } {
  const failures = structureProblems(news);
  if (failures.length > 0) return { inputs: news, failures };
  const metadata: Properties = { ...open(news.metadata) };
  const oldMetadata = open(olds?.metadata);

  if (metadata.name === undefined || metadata.name === null) {
    const kept = olds && isAutonamed(olds) ? reveal(oldMetadata.name ?? null) : undefined;
    const prefix =
      typeof metadata.generateName === "string" && !isUnknown(metadata.generateName)
        ? metadata.generateName
        : `${context.name}-`;
    metadata.name = typeof kept === "string" ? kept : autoname(prefix, context.seed);
    metadata.annotations = amended(metadata.annotations, (present) => ({ ...present, [autonamedAnnotation]: "true" }));
    delete metadata.generateName;
  }
  if (context.namespaced && (metadata.namespace === undefined || metadata.namespace === "")) {
    metadata.namespace = context.defaultNamespace;
  }
  if (open(oldMetadata.labels)[managedBy] !== undefined && !isUnknown(metadata.labels)) {
    metadata.labels = amended(metadata.labels, (present) => ({ [managedBy]: "pulumi", ...present }));
  }
  const { apiVersion, kind } = context;
  return { inputs: { ...news, apiVersion, kind, metadata: amended(news.metadata, () => metadata) }, failures: [] };
}

/** A name with eight hexadecimal characters at its end, at most 63 long: what every kind of object may be called. */
export function autoname(prefix: string, seed: Uint8Array): string {
  const suffix = createHash("sha256").update(prefix).update(seed).digest("hex").slice(0, 8);
  return prefix.slice(0, 63 - suffix.length) + suffix;
}

/** Whether the provider chose the object's name. */
export function isAutonamed(inputs: Properties): boolean {
  return annotation(inputs, autonamedAnnotation) === "true";
}

/** An annotation of an object, secret or not; undefined where there is none or it is not known yet. */
export function annotation(object: Properties, key: string): string | undefined {
  const value = reveal(open(open(object.metadata).annotations)[key] ?? null);
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The members of an object that may be wrapped as a secret, missing or not known yet. */
function open(value: Value | undefined): Properties {
  if (isSecret(value)) return open(value.value);
  return isObject(value) ? value : {};
}

/** An object changed in its place: what was a secret stays one. */
function amended(value: Value | undefined, change: (members: Properties) => Properties): Value {
  const changed = change(open(value));
  return isSecret(value) ? secret(changed) : changed;
}

function structureProblems(news: Properties): Failure[] {
  const metadata = isSecret(news.metadata) ? news.metadata.value : news.metadata;
  if (metadata !== undefined && metadata !== null && !isObject(metadata) && !isUnknown(metadata)) {
    return [
      {
        property: "metadata",
        reason: `it is ${JSON.stringify(metadata)}; expected an object with name, namespace, labels …`,
      },
    ];
  }
  return [];
}
