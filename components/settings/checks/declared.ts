import { appSpecs } from "../../apps";
import { usedAppProblems } from "../../apps/declared/uses";
import { allVariables } from "../../apps/declared/variables";
import type { Check } from "./check";

/** Each app that a declared one calls is there and has a port. */
const usedApps: Check = (settings, { errors }) => {
  const specs = appSpecs(settings);
  for (const [name, app] of Object.entries(settings.apps ?? {}))
    errors.push(...usedAppProblems(name, app, specs, allVariables));
};

/** What concerns the apps that a stack declares. */
export const declaredChecks: readonly Check[] = [usedApps];
