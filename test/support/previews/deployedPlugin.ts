/**
 * A plugin that previews changes to a stack that is there already, and asks nobody: what is there is what the state says,
 * but where the test has said what is otherwise. Its first argument is the package: `gcp`, `aws`, `kubernetes` …
 */

import { previewOnlyProvider } from "../../../engine/providers/previewOnly";
import type { Provider } from "../../../engine/providers/provider";
import { serveProvider } from "../../../engine/providers/server";
import { isObject, isSecret, type Properties, type Value } from "../../../engine/providers/values";
import { differenceOf } from "../cloud/replacements";
import { type Drifted, readDrifted, really, refuseWhere } from "./drifted";

/** @param drifted what is otherwise than the state says; without it nothing can be looked at */
export function deployedPlugin(name: string, drifted?: Drifted): Provider {
  const firstUp = previewOnlyProvider(name);
  return {
    ...firstUp,
    async check(request) {
      refuseWhere(drifted, request.urn);
      return firstUp.check(request);
    },
    async diff({ type, oldInputs, newInputs }) {
      return differenceOf(type, oldInputs, newInputs);
    },
    async read(request) {
      const { urn, id, inputs, outputs } = request;
      return drifted ? really(drifted, urn, { id, inputs, outputs }) : firstUp.read(request);
    },
    async update(request) {
      // What the provider added when it was made stays.
      return request.preview ? { outputs: merged(request.oldOutputs, request.inputs) } : firstUp.update(request);
    },
  };
}

/** One object over another, member by member. */
function merged(under: Properties, over: Properties): Properties {
  const both = Object.entries(over).map(([key, value]): [string, Value] => {
    const below = under[key];
    const open = isObject(below) && isObject(value) && !isSecret(below) && !isSecret(value);
    return [key, open ? merged(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(both) };
}

if (require.main === module) {
  const [name] = process.argv.splice(2, 1);
  if (!name) throw new Error("the package is missing: deployedPlugin.ts PACKAGE ENGINE");
  void serveProvider(() => deployedPlugin(name, readDrifted()));
}
