import { supportIn } from "../../../calendar/model";
import { olderFirst } from "../../../calendar/order";
import type { ParsedOf } from "../../../schema/sealed";
import { type CloudSubject, certain, type Finding, type World } from "../../shared/doctor/model";
import { ended } from "../../shared/doctor/versions";
import { eksSupport } from "../settings/calendar";
import type { eksCluster } from "../settings/cluster";
import { eksVersions } from "./eksVersions";

/** Kubernetes against the calendar of EKS. */
export async function kubernetesVersion({ settings }: CloudSubject, world: World): Promise<Finding[]> {
  const { version, region, supportPolicy } = settings.cluster as ParsedOf<typeof eksCluster>;
  const asked = await eksVersions(region, world);
  const told = "value" in asked ? asked.value.get(version) : undefined;
  if ("value" in asked && !told) {
    const offered = [...asked.value.keys()].sort(olderFirst).join(", ") || "those of the AWS console";
    return [
      certain("cluster.version", `cluster.version: EKS offers no ${version} in ${region}`, `use one of ${offered}`),
    ];
  }
  const support = told?.until ? told : supportIn(eksSupport, version, world.now);
  const source = told?.until ? "AWS says so" : `as of ${eksSupport.readAt}`;
  return [
    ended(`cluster.version: Kubernetes ${version} on EKS`, support, source, world.now, supportPolicy === "STANDARD"),
  ];
}
