import type { AppIdentity } from "../../contracts";
import { show } from "../../schema/fields";
import { proposal } from "../../schema/nearest";
import { plainVariableProblem, variableNameProblem } from "../shared/environment";
import { firstLoginProblems } from "./firstLogin";
import { aboutVariable, type GivenVariables, givenVariables } from "./givenVariables";
import { accountProblems } from "./identity";
import { isAtOrBelow } from "./mountPath";
import { type ReceivingApp, receiverProblems } from "./receivers";
import { probedPort, type SidecarSettings } from "./sidecars";
import { tlsVariables } from "./tls";
import { sidecarVariables } from "./variables";
import { isHeld, type VolumeSettings, volumesOf } from "./volumes";

/** What is wrong between the parts of an app, at a path below it. */
export interface PodProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Sidecar = Pick<SidecarSettings, "ports" | "probe" | "files" | "mounts" | "env"> & {
  readonly secretEnv: Readonly<Record<string, unknown>>;
};

/** What the checks of an app's pods read of a process. */
interface PodProcess {
  readonly port?: number | undefined;
  readonly servicePort?: string | undefined;
  readonly replicas: number;
  readonly strategy: "rolling" | "recreate";
  readonly probe?: { readonly kind: string } | undefined;
  readonly mounts: Readonly<Record<string, string>>;
  readonly sidecars: Readonly<Record<string, Sidecar>>;
}

/** What they read of an app. */
interface PodApp extends GivenVariables, Omit<ReceivingApp, keyof GivenVariables> {
  readonly firstLogin?: { readonly password: string } | undefined;
  readonly identity?: AppIdentity | undefined;
  readonly processes: Readonly<Record<string, PodProcess>>;
  readonly volumes: Readonly<Record<string, VolumeSettings>>;
}

/** What is wrong between an app's processes, files, volumes, sidecars and variables. */
export function podProblems(name: string, app: PodApp): PodProblem[] {
  return [
    ...Object.entries(app.processes).flatMap(([process, settings]) =>
      [
        ...nameProblems(process, app),
        ...reachProblems(settings),
        ...mountProblems(settings.mounts, Object.keys(app.files), app),
        ...sidecarProblems(`apps.${name}.processes.${process}`, process, settings, app),
      ].map(({ path, message }) => ({ path: ["processes", process, ...path], message })),
    ),
    ...volumeProblems(app),
    ...accountProblems(app),
    ...receiverProblems(app),
    ...firstLoginProblems(app),
    ...variableProblems(app),
  ];
}

/** Who a pod is is told by its app and by this name. */
const takenProcesses = /^(release|after|console|schedule-.*)$/;

function nameProblems(process: string, { schedules }: Pick<PodApp, "schedules">): PodProblem[] {
  if (takenProcesses.test(process))
    return [{ path: [], message: "is what the platform calls other pods of the app; use another name" }];
  if (Object.hasOwn(schedules, process))
    return [{ path: [], message: "is also the name of a schedule; use another name for one of them" }];
  return [];
}

function reachProblems({ port, servicePort, probe, sidecars }: PodProcess): PodProblem[] {
  const ports = Object.values(sidecars).flatMap((sidecar) => Object.keys(sidecar.ports));
  return [
    ...(servicePort !== undefined && !ports.includes(servicePort)
      ? [
          {
            path: ["servicePort"],
            message: `${show(servicePort)} is no port of its sidecars; ${advice(ports, servicePort)}`,
          },
        ]
      : []),
    ...(port === undefined && (probe?.kind === "http" || probe?.kind === "tcp")
      ? [{ path: ["probe", "kind"], message: `${show(probe.kind)} asks a port, and it has none; set port` }]
      : []),
  ];
}

function mountProblems(
  mounts: Readonly<Record<string, string>>,
  files: readonly string[],
  { volumes }: Pick<PodApp, "volumes">,
): PodProblem[] {
  return Object.entries(mounts).flatMap(([path, volume]): PodProblem[] => {
    const file = files.find((one) => isAtOrBelow(path, one));
    if (!Object.hasOwn(volumes, volume))
      return [{ path: ["mounts", path], message: `${show(volume)} is not one of volumes; ${advice(volumes, volume)}` }];
    if (file === undefined) return [];
    return [{ path: ["mounts", path], message: `meets the file ${show(file)} of files; use another path` }];
  });
}

/** Names of containers that are not the sidecars' own. */
const takenContainers = ["prepare", "cloud-sql-proxy"];

function sidecarProblems(key: string, process: string, settings: PodProcess, app: PodApp): PodProblem[] {
  const numbers = new Map<number, string>(settings.port === undefined ? [] : [[settings.port, "port"]]);
  const names = new Map<string, string>();
  return Object.entries(settings.sidecars).flatMap(([name, sidecar]) => {
    const { ports, probe, files, mounts } = sidecar;
    const found: PodProblem[] = [];
    if (name === process || takenContainers.includes(name))
      found.push({ path: [], message: "is the name of another container of the pod; use another" });
    for (const [port, number] of Object.entries(ports)) {
      const [other, same] = [numbers.get(number), names.get(port)];
      if (other !== undefined)
        found.push({ path: ["ports", port], message: `${number} is also ${other} of the same pod; use another` });
      if (same !== undefined)
        found.push({ path: ["ports", port], message: `is also the name of a port of ${same}; use another` });
      numbers.set(number, `sidecars.${name}.ports.${port}`);
      names.set(port, `sidecars.${name}`);
    }
    const asked = probe && "port" in probe ? probe.port : undefined;
    if (asked !== undefined && !Object.hasOwn(ports, asked))
      found.push({ path: ["probe", "port"], message: `${show(asked)} is not one of ports; ${advice(ports, asked)}` });
    else if ((probe?.kind === "http" || probe?.kind === "tcp") && probedPort(sidecar) === undefined)
      found.push({
        path: ["probe", "kind"],
        message: `${show(probe.kind)} asks a port; ${Object.keys(ports).length === 0 ? "add one to ports" : `name it in probe.port (${Object.keys(ports).join(", ")})`}`,
      });
    for (const [index, path] of files.entries())
      if (!Object.hasOwn(app.files, path))
        found.push({
          path: ["files", index],
          message: `${show(path)} is not one of the app's files; ${advice(app.files, path)}`,
        });
    found.push(...mountProblems(mounts, files, app), ...ownVariableProblems(`${key}.sidecars.${name}`, sidecar));
    return found.map(({ path, message }) => ({ path: ["sidecars", name, ...path], message }));
  });
}

function ownVariableProblems(layer: string, { env, secretEnv }: Sidecar): PodProblem[] {
  const owner = { layer, tables: [sidecarVariables, tlsVariables] };
  const problem = (group: string, name: string, message: string | undefined) =>
    message === undefined ? [] : [{ path: [group, name], message }];
  return [
    ...Object.entries(env).flatMap(([name, value]) => problem("env", name, plainVariableProblem(owner, name, value))),
    ...Object.keys(secretEnv).flatMap((name) => problem("secretEnv", name, variableNameProblem(owner, name))),
  ];
}

function volumeProblems({ processes, volumes }: PodApp): PodProblem[] {
  return Object.entries(volumes).flatMap(([name, volume]): PodProblem[] => {
    const users = Object.entries(processes).filter(([, process]) => volumesOf(process).includes(name));
    const [first, second] = users;
    if (!first && !volume.persistent)
      return [{ path: ["volumes", name], message: "is mounted by no process; add it to mounts, or remove it" }];
    if (!first || !isHeld(volume)) return [];
    const [process, { replicas, strategy }] = first;
    const held = `the volume ${name} is ReadWriteOnce`;
    const otherwise = "or accessMode: ReadWriteMany with a storage class that has it";
    const found: PodProblem[] = [];
    if (second)
      found.push({
        path: ["volumes", name],
        message: `is ReadWriteOnce, and ${users.map(([user]) => user).join(" and ")} mount it; let one mount it, ${otherwise}`,
      });
    if (replicas > 1)
      found.push({
        path: ["processes", process, "replicas"],
        message: `${replicas} pods cannot share a disk: ${held}; use 1 with strategy: recreate, ${otherwise}`,
      });
    if (strategy !== "recreate")
      found.push({
        path: ["processes", process, "strategy"],
        message: `${show(strategy)} starts a pod while another one has the disk: ${held}; use recreate, ${otherwise}`,
      });
    return found;
  });
}

/** A variable has one value. That `env` and `secretEnv` differ is told of every app. */
function variableProblems(app: PodApp): PodProblem[] {
  const all = givenVariables(app);
  return all.flatMap((variable, index) => {
    const other = all.slice(0, index).find(({ name }) => name === variable.name);
    const isTold = other === undefined || (variable.group === "secretEnv" && other.group === "env");
    if (isTold) return [];
    return [{ path: variable.path, message: `${aboutVariable(variable)}is also in ${other.group}; keep one` }];
  });
}

function advice(known: readonly string[] | object, wrong = ""): string {
  const names = Array.isArray(known) ? (known as readonly string[]) : Object.keys(known);
  return names.length === 0 ? "there is none; add it, or remove this" : proposal(wrong, names);
}
