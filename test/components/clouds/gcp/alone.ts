import type { GkeClusterSettings } from "../../../../components/clouds/gcp/settings/cluster";
import type { Protection } from "../../../../components/contracts";
import type { Plan } from "../../../../engine/record/plan";
import { record } from "../../../../engine/record/recorder";
import { sample } from "../../../support/samples/gke";
import { parse } from "../../settings/stack";

/** The checked settings of the sample cluster with some changed. */
export function gkeSettings(changes: object = {}): GkeClusterSettings {
  const { cluster } = parse((raw) => {
    raw.cluster = { ...sample(), ...changes };
    raw.edge.panel.host = "panel.example.com";
    raw.edge.chat.host = "chat.example.com";
  });
  return cluster as GkeClusterSettings;
}

/** The cluster without anything in it; everything is protected but what is named. */
export async function gkeAlone(
  settings: GkeClusterSettings,
  { protection = nothingProtected, fullName = "switchboard-test", preview = false, images = [] as string[] } = {},
): Promise<Plan> {
  const { GkeCluster } = await import("../../../../components/clouds/gcp/cluster");
  const hostnames = ["panel.example.com", "chat.example.com"];
  const args = { fullName, stage: "test", namespace: "switchboard", hostnames, allowedSources: [], protection, images };
  const program = async () => {
    new GkeCluster("cluster", settings, args);
    return {};
  };
  return record(program, { project: "switchboard", stack: "test", config: {}, preview });
}

export const nothingProtected: Protection = { covers: () => false };

/** Protects everything but what is named. */
export function allProtectedBut(...names: readonly string[]): Protection {
  return { covers: (name) => !names.includes(name) };
}
