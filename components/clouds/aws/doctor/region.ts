import type { ParsedOf } from "../../../schema/sealed";
import { overlap } from "../../../schema/values/cidr";
import { ofKind } from "../../shared/check";
import { aws } from "../../shared/doctor/ask";
import {
  advice,
  type Check,
  type CloudSubject,
  certain,
  type Finding,
  failed,
  ok,
  type World,
} from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";
import type { rdsPostgres } from "../settings/postgres";
import { isZoneId, refusedZoneIds } from "../settings/zones";

type Eks = ParsedOf<typeof eksCluster>;

/** Whether the region has what the stack asks for: zones, instance types, free networks, the database's class. */
export const region: Check = {
  area: "region",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run({ settings, clusterName }, world) {
    const cluster = settings.cluster as Eks;
    const found = await Promise.all([
      ...[zones(cluster, world), offers(cluster, world), networks(cluster, world)],
      ...[database(settings, cluster, world), returnedLogs(clusterName, cluster, world)],
    ]);
    return found.flat();
  },
};

interface Zone {
  readonly ZoneName: string;
  /** The same in every account, where the name is the account's own. */
  readonly ZoneId?: string;
  readonly State: string;
  readonly ZoneType?: string;
}

async function zones({ region, zones: wanted }: Eks, world: World): Promise<Finding[]> {
  const asked = await aws<{ AvailabilityZones?: readonly Zone[] } | null>(
    ...([world, region, "zones", "ec2", "describe-availability-zones"] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const there = (asked.value?.AvailabilityZones ?? []).filter(
    ({ State, ZoneType = "availability-zone" }) => State === "available" && ZoneType === "availability-zone",
  );
  const free = there.filter(({ ZoneId }) => ZoneId !== refusedZoneIds[region] || ZoneId === undefined);
  const named = (zone: Zone) => (wanted.some(isZoneId) ? (zone.ZoneId ?? zone.ZoneName) : zone.ZoneName);
  const use = `use two or three of ${free.map(named).sort().join(", ")}`;
  const missing = wanted.filter((zone) => !there.some(({ ZoneName, ZoneId }) => zone === ZoneName || zone === ZoneId));
  if (missing.length > 0)
    return [certain("zones", `cluster.zones: the account has no ${missing.join(", ")} in ${region}`, use)];
  const refused = there.filter((zone) => !free.includes(zone) && wanted.includes(named(zone)));
  if (refused.length === 0) return [ok(`zones ${wanted.join(", ")}`)];
  return refused.map(({ ZoneName, ZoneId }) =>
    certain("zones", `cluster.zones: ${ZoneName} of this account is ${ZoneId}, which EKS refuses for a cluster`, use),
  );
}

async function offers({ region, zones: wanted, pools }: Eks, world: World): Promise<Finding[]> {
  const types = [
    ...new Set(Object.values(pools).flatMap(({ machineType, alternatives }) => [machineType, ...alternatives])),
  ].sort();
  const location = wanted.some(isZoneId) ? "availability-zone-id" : "availability-zone";
  const asked = await aws<{ InstanceTypeOfferings?: readonly { InstanceType: string; Location: string }[] } | null>(
    ...([world, region, "instance types", "ec2", "describe-instance-type-offerings"] as const),
    ...["--location-type", location, "--filters", `Name=instance-type,Values=${types.join(",")}`],
  );
  if ("finding" in asked) return [asked.finding];
  return types.map((type) => {
    const where = (asked.value?.InstanceTypeOfferings ?? [])
      .filter((offer) => offer.InstanceType === type)
      .map((offer) => offer.Location);
    const missing = wanted.filter((zone) => !where.includes(zone));
    if (where.length === 0)
      return certain(
        ...(["machines", `cluster.pools: ${type} is not offered in ${region}`] as const),
        "use another machineType, or another region",
      );
    if (missing.length > 0)
      return failed(
        `cluster.pools: ${type} is not offered in ${missing.join(", ")}`,
        `use a type that every zone has, or other zones: ${where.sort().join(", ")}`,
      );
    return ok(`${type} is offered in ${wanted.join(", ")}`);
  });
}

interface Vpc {
  readonly VpcId: string;
  readonly CidrBlockAssociationSet?: readonly { readonly CidrBlock: string }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The stack has a VPC of its own; others matter once they are to be connected with it. */
async function networks({ region, network }: Eks, world: World): Promise<Finding[]> {
  const asked = await aws<{ Vpcs?: readonly Vpc[] } | null>(world, region, "networks", "ec2", "describe-vpcs");
  if ("finding" in asked) return [asked.finding];
  const others = (asked.value?.Vpcs ?? []).filter(
    ({ Tags = [] }) => !Tags.some(({ Key, Value }) => Key === "part-of" && Value === "switchboard"),
  );
  const clashes = others.flatMap(({ VpcId, CidrBlockAssociationSet = [] }) =>
    CidrBlockAssociationSet.flatMap(({ CidrBlock }) =>
      overlap(network.vpc, CidrBlock) ? [`cluster.network.vpc ${network.vpc} overlaps ${CidrBlock} of ${VpcId}`] : [],
    ),
  );
  if (clashes.length === 0) return [ok("the stack's network overlaps no other VPC of the region")];
  return clashes.map((clash) =>
    advice(clash, "choose another network now if the two are ever to be connected: it cannot be changed later"),
  );
}

async function database(settings: CloudSubject["settings"], { region }: Eks, world: World): Promise<Finding[]> {
  const postgres = ofKind<ParsedOf<typeof rdsPostgres>>(settings.postgres, "rds");
  if (!postgres) return [];
  const { version, instanceClass } = postgres;
  // Versions alone, and all of them: what a page leaves out would count as not offered.
  const asked = await aws<readonly string[] | null>(
    ...([world, region, "database classes", "rds", "describe-orderable-db-instance-options"] as const),
    ...["--engine", "postgres", "--db-instance-class", instanceClass, "--vpc"],
    ...["--query", "OrderableDBInstanceOptions[].EngineVersion"],
  );
  if ("finding" in asked) return [asked.finding];
  const fitting = [asked.value ?? []]
    .flat()
    .filter((offered) => offered === version || `${offered}`.startsWith(`${version}.`));
  if (fitting.length > 0) return [ok(`RDS offers ${instanceClass} with Postgres ${version} in ${region}`)];
  return [
    certain(
      "database.class",
      `postgres.instanceClass: RDS offers no ${instanceClass} with Postgres ${version} in ${region}`,
      "use another class or version (aws rds describe-orderable-db-instance-options)",
    ),
  ];
}

/**
 * A log group that EKS has made anew after a `destroy`: it has no key, which the stack's own has. A group of this name is
 * in the way of the one that is made before the cluster (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2446).
 */
async function returnedLogs(clusterName: string, { region }: Eks, world: World): Promise<Finding[]> {
  const name = `/aws/eks/${clusterName}/cluster`;
  const asked = await aws<{ logGroups?: readonly { logGroupName: string; kmsKeyId?: string }[] } | null>(
    ...([world, region, "log groups", "logs", "describe-log-groups", "--log-group-name-prefix", name] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const found = asked.value?.logGroups?.find(({ logGroupName }) => logGroupName === name);
  if (!found || found.kmsKeyId) return [ok(`the log group ${name} is this stack's to make`)];
  return [
    certain(
      "logs",
      `the log group ${name} is there and not this stack's: EKS makes it anew after a destroy, and CloudWatch refuses a second one`,
      `look whether it is needed, then: aws logs delete-log-group --log-group-name ${name} --region ${region}`,
    ),
  ];
}
