import {
  equal,
  isObject,
  isSecret,
  isUnknown,
  type Properties,
  reveal,
  secret,
  secretLike,
  unknown,
  type Value,
} from "../values";
import type { KubeObject } from "./client";
import { proofAnnotation } from "./ownership";

/**
 * A live object as the state keeps it: without what changes by itself or belongs to this provider, secret wherever
 * the inputs were, and always secret in a Secret's data. A Secret's `stringData` can be written and not read: it is part
 * of `data`, as with the official provider.
 */
export function outputsOf(live: KubeObject, inputs: Properties): Properties {
  const outputs = secretLike(stateView(live), inputs) as Properties;
  if (live.kind === "Secret" && outputs.data !== undefined) outputs.data = secret(outputs.data);
  return outputs;
}

function stateView(live: KubeObject): Properties {
  const view = structuredClone(live) as unknown as Properties;
  const metadata = { ...(view.metadata as Properties) };
  delete metadata.managedFields;
  if (isObject(metadata.annotations)) {
    const annotations = { ...metadata.annotations };
    delete annotations[proofAnnotation];
    if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
    else delete metadata.annotations;
  }
  view.metadata = metadata;
  return view;
}

/** What a new object will look like, from the API server's dry run. What the server chooses anew is not known. */
export function previewOutputs(dryRun: KubeObject, inputs: Properties): Properties {
  return withUnknowns(outputsOf(dryRun, inputs), reveal(inputs));
}

/** What a new object will look like when the API server cannot be asked. */
export function guessedOutputs(inputs: Properties): Properties {
  return withUnknowns({ ...inputs }, reveal(inputs));
}

function withUnknowns(outputs: Properties, asked: Properties): Properties {
  const { metadata, spec } = outputs;
  if (isObject(metadata)) {
    outputs.metadata = { ...metadata, ...later(["uid", "resourceVersion", "creationTimestamp", "generation"]) };
  }
  outputs.status = unknown;
  if (asked.kind !== "Service" || !isObject(spec) || isSecret(spec)) return outputs;
  const wanted = isObject(asked.spec) ? asked.spec : {};
  const chosen = ["clusterIP", "clusterIPs"].filter(
    (key) => wanted[key] === undefined && wanted.type !== "ExternalName",
  );
  outputs.spec = {
    ...spec,
    ...later(chosen),
    ...(spec.ports === undefined ? {} : { ports: portsOf(spec.ports, wanted) }),
  };
  return outputs;
}

/** A dry run allocates node ports that the real run will not: only those that were asked for are known. */
function portsOf(ports: Value, spec: Properties): Value {
  if (!Array.isArray(ports) || (spec.type !== "NodePort" && spec.type !== "LoadBalancer")) return ports;
  const asked = Array.isArray(spec.ports) ? spec.ports : [];
  return ports.map((port, i) => {
    const wanted = asked[i];
    return isObject(port) && !isSecret(port)
      ? { ...port, nodePort: (isObject(wanted) && wanted.nodePort) || unknown }
      : port;
  });
}

function later(keys: readonly string[]): Properties {
  return Object.fromEntries(keys.map((key) => [key, unknown]));
}

/**
 * The inputs that would have led to the live object: the old ones, with the live value wherever the object has
 * drifted since it was last applied. Comparing with the outputs of that time, and not with the inputs, leaves out
 * what the server merely writes in another way (`1000m` as `1`).
 */
export function driftedInputs(inputs: Properties, oldOutputs: Properties, live: Properties): Properties {
  return drift(inputs, reveal(oldOutputs), reveal(live)) as Properties;
}

function drift(input: Value, before: Value | undefined, now: Value | undefined): Value | undefined {
  if (isUnknown(input) || equal(before, now)) return input;
  const plain = reveal(input);
  if (isObject(plain) && isObject(now)) {
    const fields = isObject(before) ? before : {};
    const members = isSecret(input) ? plain : (input as Properties);
    const drifted = Object.entries(members).flatMap(([key, value]) => {
      const result = drift(value, fields[key], now[key]);
      return result === undefined ? [] : [[key, result] as const];
    });
    return secretLike(Object.fromEntries(drifted), input);
  }
  if (Array.isArray(plain) && Array.isArray(now) && plain.length === now.length && !isSecret(input)) {
    const list = Array.isArray(before) ? before : [];
    return (input as Value[]).map((value, i) => drift(value, list[i], now[i]) ?? null);
  }
  return now === undefined ? undefined : secretLike(now, input);
}

/** The inputs of an object that the state does not know: what it is made of, without what the server added. */
export function inputsOf(live: KubeObject): Properties {
  const { status: _status, ...rest } = structuredClone(live) as unknown as Properties;
  const { name, namespace, labels, annotations } = rest.metadata as Properties;
  const metadata = Object.fromEntries(
    Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined),
  ) as Properties;
  const inputs: Properties = { ...rest, metadata };
  if (live.kind === "Secret" && inputs.data !== undefined) inputs.data = secret(inputs.data);
  return inputs;
}

/** The object to send: plain values, without members that are null and without a status, which is not ours to say. */
export function objectToApply(inputs: Properties): KubeObject {
  const { status: _status, ...rest } = reveal(inputs);
  return withoutNulls(rest) as KubeObject;
}

function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.filter((element) => element !== null).map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutNulls(member)]])),
  );
}
