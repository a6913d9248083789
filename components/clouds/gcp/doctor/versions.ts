import { supportIn } from "../../../calendar/model";
import type { ParsedOf } from "../../../schema/sealed";
import { ask } from "../../shared/doctor/ask";
import { type CloudSubject, type Finding, unclear, type World } from "../../shared/doctor/model";
import { ended } from "../../shared/doctor/versions";
import { gkeSupport } from "../settings/calendar";
import type { gkeCluster } from "../settings/cluster";

interface ServerConfig {
  readonly channels?: readonly { readonly channel: string; readonly defaultVersion?: string }[];
}

/** Kubernetes against the calendar of GKE. */
export async function kubernetesVersion({ settings }: CloudSubject, world: World): Promise<Finding[]> {
  const { region, project, releaseChannel } = settings.cluster as ParsedOf<typeof gkeCluster>;
  const asked = await ask<ServerConfig>(
    ...([world, "GKE's versions", "gcloud", "container", "get-server-config"] as const),
    ...["--region", region, "--project", project, "--format", "json"],
  );
  if ("finding" in asked) return [asked.finding];
  const version = asked.value.channels?.find(({ channel }) => channel === releaseChannel)?.defaultVersion;
  if (!version) {
    return [
      unclear(`GKE names no version for channel ${releaseChannel} in ${region}`, "look at the release notes of GKE"),
    ];
  }
  const minor = version.split(".").slice(0, 2).join(".");
  const what = `cluster.releaseChannel: ${releaseChannel} makes clusters of ${version} and upgrades them by itself; Kubernetes ${minor} on GKE`;
  return [ended(what, supportIn(gkeSupport, minor, world.now), `as of ${gkeSupport.readAt}`, world.now, true)];
}
