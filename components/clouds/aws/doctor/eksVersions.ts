import type { Support } from "../../../calendar/model";
import { type Asked, aws } from "../../shared/doctor/ask";
import type { World } from "../../shared/doctor/model";

interface EksVersion {
  readonly clusterVersion: string;
  readonly endOfStandardSupportDate?: string;
  readonly endOfExtendedSupportDate?: string;
}

/** The minor versions that EKS offers in a region, with their dates. */
export async function eksVersions(
  region: string,
  world: Pick<World, "run">,
): Promise<Asked<ReadonlyMap<string, Support>>> {
  const asked = await aws<{ clusterVersions?: readonly EksVersion[] } | null>(
    ...([world, region, "EKS' versions", "eks", "describe-cluster-versions"] as const),
  );
  if ("finding" in asked) return asked;
  return {
    value: new Map(
      (asked.value?.clusterVersions ?? []).map((one) => [
        one.clusterVersion,
        { until: one.endOfStandardSupportDate?.slice(0, 10), extended: one.endOfExtendedSupportDate?.slice(0, 10) },
      ]),
    ),
  };
}
