import type { ParsedOf } from "../../../schema/sealed";
import { type Asked, ask } from "../../shared/doctor/ask";
import type { World } from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";

/** The name servers of the zone that the stack makes records in. */
export async function zoneServers(cluster: unknown, world: World): Promise<Asked<readonly string[]>> {
  const { dnsZone } = cluster as ParsedOf<typeof eksCluster>;
  if (!dnsZone) return { value: [] };
  const get = ["aws", "route53", "get-hosted-zone", "--id", dnsZone.id, "--output", "json"] as const;
  const asked = await ask<{ DelegationSet?: { NameServers?: readonly string[] } }>(world, "the DNS zone", ...get);
  return "finding" in asked ? asked : { value: asked.value.DelegationSet?.NameServers ?? [] };
}
