import { readFileSync } from "node:fs";
import { pathParts } from "../../../engine/providers/changes";
import { ResourceError, type State } from "../../../engine/providers/provider";
import { isObject, isSecret, type Properties, type Value } from "../../../engine/providers/values";

/** Names the file that says what is really there, for a preview that looks. */
export const driftedVariable = "SWITCHBOARD_PREVIEW_DRIFTED";

/**
 * What is really there, where it is not what the state says, by URN or by the resource's name: properties that are
 * otherwise (`null` is one that is gone), `gone` for the whole resource, or what its cloud refuses.
 */
export type Drifted = Readonly<Record<string, Exception>>;

/** How one resource is otherwise than its state. */
type Exception =
  | { readonly gone: true }
  | { readonly refused: string }
  | { readonly properties: Readonly<Record<string, Value>> };

/** What this process was told of; undefined for one that may not look at anything. */
export function readDrifted(file = process.env[driftedVariable]): Drifted | undefined {
  return file ? (JSON.parse(readFileSync(file, "utf8")) as Drifted) : undefined;
}

/** What is known of a resource. */
function exceptionOf(drifted: Drifted | undefined, urn: string): Exception | undefined {
  return drifted?.[urn] ?? drifted?.[urn.split("::").slice(3).join("::")];
}

/** @throws ResourceError where the cloud refuses the resource */
export function refuseWhere(drifted: Drifted | undefined, urn: string): void {
  const exception = exceptionOf(drifted, urn);
  if (exception && "refused" in exception) throw new ResourceError(exception.refused);
}

/** A resource as it really is: undefined where it is gone. */
export function really(drifted: Drifted, urn: string, state: State): State | undefined {
  const exception = exceptionOf(drifted, urn);
  if (!exception || "refused" in exception) return state;
  if ("gone" in exception) return undefined;
  const changed = (properties: Properties) =>
    Object.entries(exception.properties).reduce(
      (all, [path, value]) => replaced(all, pathParts(path), value),
      properties,
    );
  return { ...state, inputs: changed(state.inputs), outputs: changed(state.outputs) };
}

/** A copy with another value at a path; what is above it and not there yet is made. */
function replaced(value: Properties, [key = "", ...rest]: readonly string[], to: Value): Properties {
  if (isSecret(value)) return { ...(value as Properties), value: replaced(open(value.value), [key, ...rest], to) };
  if (rest.length === 0) {
    const { [key]: _, ...others } = value;
    return to === null ? others : { ...value, [key]: to };
  }
  const below = value[key];
  if (Array.isArray(below)) {
    const [index = "0", ...further] = rest;
    const list = [...below];
    const at = Number(index);
    if (further.length > 0) list[at] = replaced(open(list[at]), further, to);
    else if (to === null) list.splice(at, 1);
    else list[at] = to;
    return { ...value, [key]: list };
  }
  return { ...value, [key]: replaced(open(below), rest, to) };
}

function open(value: Value | undefined): Properties {
  return isObject(value) ? value : {};
}
