import { type Support, supportIn } from "../../../calendar/model";
import type { ParsedOf } from "../../../schema/sealed";
import { ask } from "../../shared/doctor/ask";
import { type CloudSubject, certain, type Finding, type World } from "../../shared/doctor/model";
import { ended } from "../../shared/doctor/versions";
import { eksSupport } from "../settings/calendar";
import type { eksCluster } from "../settings/cluster";

interface EksVersion {
  readonly clusterVersion: string;
  readonly endOfStandardSupportDate?: string;
  readonly endOfExtendedSupportDate?: string;
}

/** Kubernetes against the calendar of EKS. */
export async function kubernetesVersion({ settings }: CloudSubject, world: World): Promise<Finding[]> {
  const { version, region, supportPolicy } = settings.cluster as ParsedOf<typeof eksCluster>;
  const asked = await ask<{ clusterVersions?: readonly EksVersion[] }>(
    ...([
      world,
      "EKS' versions",
      "aws",
      "eks",
      "describe-cluster-versions",
      "--region",
      region,
      "--output",
      "json",
    ] as const),
  );
  const told =
    "value" in asked ? asked.value.clusterVersions?.find((entry) => entry.clusterVersion === version) : undefined;
  if ("value" in asked && !told) {
    return [
      certain(
        "cluster.version",
        `cluster.version: EKS offers no ${version} in ${region}`,
        `use one of ${offered(asked.value.clusterVersions)}`,
      ),
    ];
  }
  const support: Support | undefined = told?.endOfStandardSupportDate
    ? { until: told.endOfStandardSupportDate.slice(0, 10), extended: told.endOfExtendedSupportDate?.slice(0, 10) }
    : supportIn(eksSupport, version, world.now);
  const source = told ? "AWS says so" : `as of ${eksSupport.readAt}`;
  return [
    ended(`cluster.version: Kubernetes ${version} on EKS`, support, source, world.now, supportPolicy === "STANDARD"),
  ];
}

function offered(versions: readonly EksVersion[] = []): string {
  return (
    versions
      .map(({ clusterVersion }) => clusterVersion)
      .sort()
      .join(", ") || "those of the AWS console"
  );
}
