import { appSpecs } from "../../apps";
import { clusterProblems } from "../../apps/declared/cluster";
import { podProblems } from "../../apps/declared/podProblems";
import { usedAppProblems } from "../../apps/declared/uses";
import { allVariables } from "../../apps/declared/variables";
import { keyName } from "../../schema/report";
import type { Check } from "./check";

/** Each app that a declared one calls is there and has a port. */
const usedApps: Check = (settings, { errors }) => {
  const specs = appSpecs(settings);
  for (const [name, app] of Object.entries(settings.apps ?? {}))
    errors.push(...usedAppProblems(name, app, specs, allVariables));
};

/** What lies between the parts of an app: its processes, files, volumes, sidecars and variables. */
const pods: Check = ({ apps = {} }, { errors }) => {
  for (const [name, app] of Object.entries(apps))
    errors.push(
      ...podProblems(name, app).map(({ path, message }) => `${keyName(["apps", name, ...path])}: ${message}`),
    );
};

/** What its nodes need is not the app's to give. */
const clusters: Check = ({ apps = {} }, { errors }) => {
  for (const [name, app] of Object.entries(apps)) errors.push(...clusterProblems(name, app));
};

/** What concerns the apps that a stack declares. */
export const declaredChecks: readonly Check[] = [usedApps, pods, clusters];
