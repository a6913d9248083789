import assert from "node:assert/strict";
import { test } from "node:test";
import { checkpoint } from "../../../../engine/providers/kubernetes/checkpoint";
import type { KubeObject } from "../../../../engine/providers/kubernetes/client";
import { normal, withSecretData } from "../../../../engine/providers/kubernetes/normal";
import { outputsOf } from "../../../../engine/providers/kubernetes/outputs";
import { kubernetesDifference } from "../../../../engine/providers/kubernetes/replacement";
import { isObject, type Properties, reveal, type Value } from "../../../../engine/providers/values";
import { type KeptObject, keptObjects } from "../../../support/previews/pairs";

/** The same stack, brought up once by each kind of provider. What is made up anew each time has its own name. */
const official = keptObjects("official");
const local = new Map(keptObjects("local").map((object) => [object.urn, object]));
const immutable = { configMaps: false, secrets: false };

/** Names and values that a run makes up: of autonamed objects, and what is made of them. */
const madeUp = /-[0-9a-f]{8}(?![0-9a-f])/g;

function paired(): (readonly [string, KeptObject, KeptObject])[] {
  return official.flatMap((one) => {
    const other = local.get(one.urn);
    return other ? [[one.urn.split("::").at(-1)!, alike(one), alike(other)] as const] : [];
  });
}

function alike(object: KeptObject): KeptObject {
  return JSON.parse(JSON.stringify(object).replaceAll(madeUp, "-0a1b2c3d")) as KeptObject;
}

/** As the official provider sees an old object: the live one, in the shape of the inputs that the state has beside it. */
function pruned(live: Value | undefined, shape: Value): Value | undefined {
  if (isObject(live) && isObject(shape)) {
    return Object.fromEntries(
      Object.entries(live).flatMap(([key, value]) =>
        Object.hasOwn(shape, key) ? [[key, pruned(value, shape[key]!) ?? null]] : [],
      ),
    );
  }
  if (Array.isArray(live) && Array.isArray(shape)) {
    return shape.slice(0, live.length).map((one, i) => pruned(live[i], one) ?? null);
  }
  return live;
}

test("the recordings are of the same stack", () => {
  assert.ok(official.length >= 60);
  assert.equal(paired().length, official.length);
});

test("what the official provider keeps is no change to the local one, and the other way round", () => {
  for (const [name, theirs, ours] of paired()) {
    for (const [from, to] of [
      [theirs.inputs, ours.inputs],
      [ours.inputs, theirs.inputs],
    ] as const) {
      assert.deepEqual([...kubernetesDifference(from, to, immutable).properties.keys()], [], name);
    }
  }
});

test("the outputs have all that the official provider compares with and goes on with", () => {
  for (const [name, theirs, ours] of paired()) {
    assert.equal(ours.outputs.__initialApiVersion, theirs.outputs.__initialApiVersion, name);
    assert.match(String(ours.outputs.__fieldManager), /^pulumi-kubernetes/, name);
    const kept = ours.outputs.__inputs as Properties;
    assert.deepEqual(kept, withSecretData(ours.inputs), name);
    assert.deepEqual(
      [...kubernetesDifference(theirs.outputs.__inputs as Properties, kept, immutable).properties.keys()],
      [],
      name,
    );
    // What it will find different next time: nothing.
    const { __inputs: _, ...live } = reveal(ours.outputs);
    const old = pruned(live, reveal(kept)) as Properties;
    const found = kubernetesDifference(normal(old), normal(reveal(kept)), immutable).properties;
    assert.deepEqual([...found.keys()], [], name);
  }
});

test("of what the cluster has, the local provider keeps what the official one kept", () => {
  for (const [name, theirs, ours] of paired()) {
    const { __inputs: _, __initialApiVersion: __, __fieldManager: manager, ...live } = theirs.outputs;
    const made = checkpoint(outputsOf(reveal(live) as KubeObject, ours.inputs), ours.inputs, {
      __fieldManager: manager!,
    });
    // What is made of inputs is compared as inputs are.
    assert.deepEqual({ ...made, __inputs: null }, { ...theirs.outputs, __inputs: null }, name);
    assert.deepEqual(normal(made.__inputs as Properties), normal(theirs.outputs.__inputs as Properties), name);
  }
});

test("a Secret is kept with data alone, and all of it is secret in the inputs and in what the state keeps of them", () => {
  const secrets = paired().filter(([, { inputs }]) => inputs.kind === "Secret");
  assert.ok(secrets.length >= 5);
  for (const [name, theirs, ours] of secrets) {
    for (const { inputs, outputs } of [theirs, ours]) {
      for (const place of [inputs, outputs, outputs.__inputs as Properties]) {
        assert.equal(place.stringData, undefined, name);
        assert.ok(isObject(place.data) && "value" in place.data, `${name}: data is secret as a whole`);
      }
    }
  }
});
