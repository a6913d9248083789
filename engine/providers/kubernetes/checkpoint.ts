import { type Properties, reveal } from "../values";
import { annotation } from "./inputs";
import { withSecretData } from "./normal";
import { fieldManager } from "./ownership";

/**
 * What the official provider keeps beside an object in the state, by its own names (provider/pkg/provider/provider.go of
 * pulumi-kubernetes, `checkpointObject`). It compares the program with what these say and takes an object without them
 * for one that has nothing in common with the program, which it makes anew.
 */
const inputsKey = "__inputs";
const initialVersionKey = "__initialApiVersion";
const managerKey = "__fieldManager";

/** Outputs as the state keeps them, so that either provider can go on with the other's. */
export function checkpoint(outputs: Properties, inputs: Properties, before: Properties = {}): Properties {
  return {
    ...outputs,
    [inputsKey]: withSecretData(inputs),
    [initialVersionKey]: before[initialVersionKey] ?? inputs.apiVersion ?? outputs.apiVersion ?? "",
    [managerKey]: managerOf(inputs, before),
  };
}

/** The name that owns an object's fields: what the program asks for, else what the state says, else this provider's own. */
export function managerOf(inputs: Properties, outputs: Properties): string {
  const kept = reveal(outputs[managerKey] ?? "");
  return annotation(inputs, "pulumi.com/patchFieldManager") ?? (typeof kept === "string" && kept ? kept : fieldManager);
}
