import type { IngressSettings } from "../../ingress/settings";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import type { SettingsContext } from "../../schema/context";
import { panelHealth } from "../presets/panelHealth";
import { type AppSpec, type JobSpec, releasesAtOnce } from "../shared/spec";
import { panelConsole } from "./console";
import { panelParts } from "./paths";
import type { PanelAddress, PanelSettings, WorkersSettings } from "./settings";
import { panelPort } from "./variables";

type Schemas = typeof import("./settings");

const web = { name: "panel", component: "web" };
const worker = { name: "panel", component: "worker" };

/** The layers that say what the panel is made of. */
export interface PanelLayers {
  readonly panel?: Omit<PanelSettings, "secretEnv"> & { readonly secretEnv: Readonly<Record<string, unknown>> };
  readonly workers?: WorkersSettings;
  readonly edge?: Pick<IngressSettings, "upstreamPreStopSeconds"> & { readonly panel?: PanelAddress | undefined };
}

/** The pods that serve pages, the workers, the migration and the scheduled jobs, all of one image. */
function spec(layers: PanelLayers): AppSpec | undefined {
  const { panel, workers, edge } = layers;
  if (!panel || !workers || !edge) return undefined;
  const connections = { key: "panel.connections", each: panel.connections };
  const schedules = Object.entries(panel.schedules).map(
    ([name, { egress }]): JobSpec => ({
      who: "schedules",
      kind: "schedule",
      most: 1,
      resources: fixedSizes.panelJob,
      connections: panel.connections,
      egress: { key: `panel.schedules.${name}.egress`, list: egress },
    }),
  );
  return {
    name: "panel",
    usesPostgres: true,
    // Its sessions and its queue have names of their own; it was here before any other.
    redisPrefix: "",
    processes: [
      {
        key: "panel",
        workload: "panel",
        identity: web,
        replicas: panel.replicas,
        service: { name: "panel", port: panelPort },
        resources: panel.resources,
        stop: { key: "panel.shutdownSeconds", waits: [edge.upstreamPreStopSeconds, panel.shutdownSeconds] },
        connections,
        egress: { key: "panel.egress", list: panel.egress },
      },
      {
        key: "workers",
        workload: "workers",
        identity: worker,
        replicas: workers.replicas,
        resources: workers.resources,
        stop: { key: "workers.jobTimeoutSeconds", waits: [workers.jobTimeoutSeconds] },
        connections,
        egress: { key: "workers.egress", list: workers.egress },
      },
    ],
    routes: edge.panel
      ? [{ key: "edge.panel", host: edge.panel.host, path: "/", exact: ["/login"], parts: panelParts }]
      : [],
    jobs: [
      {
        who: "panel's migration",
        kind: "release",
        most: releasesAtOnce,
        resources: fixedSizes.panelJob,
        connections: 1,
      },
      ...schedules,
    ],
    variables: [{ path: ["panel"], env: panel.env, secretEnv: panel.secretEnv }],
  };
}

/** The Node.js admin and user panel, with its workers. */
export const panelApp = {
  layers: {
    panel: {
      meaning: "the Node.js panel, and what its workers and jobs share with it",
      schema: (context: SettingsContext) => (require("./settings") as Schemas).panel(context),
    },
    workers: {
      meaning: "the panel's job workers",
      schema: (context: SettingsContext) => (require("./settings") as Schemas).workers(context),
    },
  },
  address: (context: SettingsContext) => (require("./settings") as Schemas).panelAddress(context),
  spec,
  pods: { panel: web, workers: worker },
  console: panelConsole,
  health: panelHealth,
  load: async () => (await import("./create")).createPanel,
};
