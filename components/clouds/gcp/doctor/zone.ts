import type { ParsedOf } from "../../../schema/sealed";
import { type Asked, ask } from "../../shared/doctor/ask";
import type { World } from "../../shared/doctor/model";
import type { gkeCluster } from "../settings/cluster";

/** The name servers of the zone that the stack makes records in. */
export async function zoneServers(cluster: unknown, world: World): Promise<Asked<readonly string[]>> {
  const { dnsZone, project } = cluster as ParsedOf<typeof gkeCluster>;
  if (!dnsZone) return { value: [] };
  const describe = ["gcloud", "dns", "managed-zones", "describe", dnsZone.name] as const;
  const asked = await ask<{ nameServers?: readonly string[] }>(
    ...([world, "the DNS zone", ...describe] as const),
    ...["--project", project, "--format", "json"],
  );
  return "finding" in asked ? asked : { value: asked.value.nameServers ?? [] };
}
