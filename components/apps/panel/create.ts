import type { IngressSettings } from "../../ingress/settings";
import type { OperationsSettings } from "../../stack/settings";
import type { CreateApp } from "../shared/app";
import { Panel } from "./index";
import type { PanelAddress, PanelSettings, WorkersSettings } from "./settings";
import { Workers } from "./workers";

/** Of a stack's settings, what the panel is made of. */
export interface PanelStackSettings {
  readonly panel: PanelSettings;
  readonly workers: WorkersSettings;
  readonly edge: IngressSettings & { readonly panel: PanelAddress };
  readonly operations: OperationsSettings;
}

/** The panel, and the workers on its image and configuration. */
export const createPanel: CreateApp<PanelStackSettings> = (args, opts) => {
  const { settings, addresses } = args;
  const panel = new Panel("panel", args, opts);
  const workers = new Workers("workers", { settings, configuration: panel.configuration }, opts);
  return {
    connections: [...panel.connections, ...workers.connections],
    rollouts: [panel.rollout, workers.rollout],
    routes: [panel.routeAt(settings.edge.panel)],
    tokens: panel.chatTokens,
    outputs: { panelUrl: addresses.panel, firstLogin: panel.firstLogin },
    commands: (switchboard) => ({
      firstLogin: "pulumi stack output firstLogin --show-secrets",
      panelConsole: switchboard("console panel"),
    }),
  };
};
