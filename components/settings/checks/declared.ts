import { appSpecs } from "../../apps";
import { clusterProblems } from "../../apps/declared/cluster";
import { podProblems } from "../../apps/declared/podProblems";
import { usesProblems } from "../../apps/declared/usesProblems";
import { allVariables } from "../../apps/declared/variables";
import { show } from "../../schema/fields";
import { keyName } from "../../schema/report";
import type { Check } from "./check";

/** Each app that a declared one calls or knows is there, and has what it is asked for. */
const usedApps: Check = (settings, { errors }) => {
  const { apps = {} } = settings;
  const others = { specs: appSpecs(settings), apps };
  for (const [name, app] of Object.entries(apps)) errors.push(...usesProblems(name, app, others, allVariables));
};

/** Two apps, or two Deployments, cannot have one name. */
const names: Check = (settings, { errors }) => {
  const specs = appSpecs(settings);
  const declared = Object.entries(settings.apps ?? {});
  const own = specs.slice(0, specs.length - declared.length);
  const reserved = own.flatMap(({ name, processes }) => [name, ...processes.map(({ workload }) => workload)]);
  for (const [name] of declared.filter(([name]) => reserved.includes(name)))
    errors.push(`apps.${name}: is the name of a part of the platform; use another`);
  const all = specs.flatMap(({ processes }) => processes);
  for (const [name, { processes }] of declared)
    for (const [process, { name: workload }] of Object.entries(processes)) {
      const key = `apps.${name}.processes.${process}`;
      const other = workload && all.find((one) => one.workload === workload && one.key !== key);
      if (other)
        errors.push(`${key}.name: ${show(workload)} is what the Deployment of ${other.key} is called; use another`);
    }
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
export const declaredChecks: readonly Check[] = [names, usedApps, pods, clusters];
