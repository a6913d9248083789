import type { ParsedSettings } from "../../../components/settings/parse";
import { overlap } from "../../../components/settings/values/cidr";
import { coresOf } from "../../../components/settings/values/machines";
import { type Asked, ask } from "../ask";
import { advice, type Check, type Finding, failed, ok, type World } from "../model";
import { type Quota, quotaFinding } from "../quota";

type Eks = Extract<ParsedSettings["cluster"], { kind: "eks" }>;

/** Whether the region has what the stack asks for: zones, instance types, quotas, free networks, the database's class. */
export const amazonPlace: Check = {
  area: "region",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run({ settings }, world) {
    const cluster = settings.cluster as Eks;
    const found = await Promise.all([
      ...[zones(cluster, world), offers(cluster, world), quotas(cluster, world)],
      ...[networks(cluster, world), database(settings, cluster, world)],
    ]);
    return found.flat();
  },
};

/** A question to the AWS CLI in the stack's region. */
function aws<T>(world: World, region: string, what: string, ...args: readonly string[]): Promise<Asked<T>> {
  return ask<T>(world, what, "aws", ...args, "--region", region, "--output", "json");
}

async function zones({ region, zones: wanted }: Eks, world: World): Promise<Finding[]> {
  const asked = await aws<{ AvailabilityZones?: readonly { ZoneName: string; State: string; ZoneType?: string }[] }>(
    ...([world, region, "zones", "ec2", "describe-availability-zones"] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const there = (asked.value.AvailabilityZones ?? [])
    .filter(({ State }) => State === "available")
    .map(({ ZoneName }) => ZoneName);
  const missing = wanted.filter((zone) => !there.includes(zone));
  if (missing.length === 0) return [ok(`zones ${wanted.join(", ")}`)];
  return [failed(`cluster.zones: the account has no ${missing.join(", ")}`, `use three of ${there.sort().join(", ")}`)];
}

async function offers({ region, zones: wanted, pools }: Eks, world: World): Promise<Finding[]> {
  const types = [
    ...new Set(Object.values(pools).flatMap(({ machineType, alternatives }) => [machineType, ...alternatives])),
  ].sort();
  const asked = await aws<{ InstanceTypeOfferings?: readonly { InstanceType: string; Location: string }[] }>(
    ...([world, region, "instance types", "ec2", "describe-instance-type-offerings"] as const),
    ...["--location-type", "availability-zone", "--filters", `Name=instance-type,Values=${types.join(",")}`],
  );
  if ("finding" in asked) return [asked.finding];
  return types.map((type) => {
    const where = (asked.value.InstanceTypeOfferings ?? [])
      .filter((offer) => offer.InstanceType === type)
      .map((offer) => offer.Location);
    const missing = wanted.filter((zone) => !where.includes(zone));
    if (where.length === 0)
      return failed(`cluster.pools: ${type} is not offered in ${region}`, "use another machineType, or another region");
    if (missing.length > 0)
      return failed(
        `cluster.pools: ${type} is not offered in ${missing.join(", ")}`,
        `use a type that every zone has, or other zones: ${where.sort().join(", ")}`,
      );
    return ok(`${type} is offered in ${wanted.join(", ")}`);
  });
}

/** https://docs.aws.amazon.com/general/latest/gr/ec2-service.html, vpc-service.html, eks.html, elb.html */
const codes = {
  cores: ["ec2", "L-1216C47A"],
  addresses: ["ec2", "L-0263D0A3"],
  networks: ["vpc", "L-F678F1CE"],
  gateways: ["vpc", "L-FE5A380F"],
  clusters: ["eks", "L-1194D53C"],
  balancers: ["elasticloadbalancing", "L-69A177A2"],
} as const;

async function quotas({ region, zones: wanted, pools, natGateways }: Eks, world: World): Promise<Finding[]> {
  const gateways = natGateways === "perZone" ? wanted.length : 1;
  const nodes = Object.values(pools).map(
    (pool) => (coresOf("amazon", pool.machineType) ?? 0) * (pool.max + pool.upgrade.maxUnavailable),
  );
  const count = async (what: string, list: string, ...args: readonly string[]) => {
    const asked = await aws<Record<string, readonly unknown[] | undefined>>(world, region, what, ...args);
    return "value" in asked ? (asked.value[list]?.length ?? 0) : asked.finding;
  };
  const used = {
    cores: 0,
    addresses: await count("addresses", "Addresses", "ec2", "describe-addresses"),
    networks: await count("networks", "Vpcs", "ec2", "describe-vpcs"),
    gateways: 0,
    clusters: await count("clusters", "clusters", "eks", "list-clusters"),
    balancers: await count("load balancers", "LoadBalancers", "elbv2", "describe-load-balancers"),
  };
  const needs = [
    {
      name: "cores",
      amount: nodes.reduce((total, next) => total + next, 0),
      why: "the cores of the most nodes (what runs already is not counted)",
    },
    { name: "addresses", amount: gateways + wanted.length, why: "NAT and the entrance", fixed: true },
    { name: "networks", amount: 1, why: "the stack's own VPC", fixed: true },
    { name: "gateways", amount: 1, why: "NAT gateways in each zone", fixed: true },
    { name: "clusters", amount: 1, why: "the cluster", fixed: true },
    { name: "balancers", amount: 1, why: "the entrance", fixed: true },
  ] as const;
  const found: Finding[] = [];
  for (const need of needs) {
    const [service, code] = codes[need.name];
    const usage = used[need.name];
    const asked = await aws<{ Quota?: { Value: number; QuotaName: string } }>(
      ...([world, region, `quota ${code} of ${service}`, "service-quotas", "get-service-quota"] as const),
      ...["--service-code", service, "--quota-code", code],
    );
    if ("finding" in asked) found.push(asked.finding);
    else if (typeof usage !== "number") found.push(usage);
    else if (asked.value.Quota) {
      const quota: Quota = { name: asked.value.Quota.QuotaName, limit: asked.value.Quota.Value, usage };
      const where = `in ${region} (aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code})`;
      found.push(...quotaFinding({ ...need, name: quota.name }, [quota], where));
    }
  }
  return found;
}

interface Vpc {
  readonly VpcId: string;
  readonly CidrBlockAssociationSet?: readonly { readonly CidrBlock: string }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The stack has a VPC of its own; others matter once they are to be connected with it. */
async function networks({ region, network }: Eks, world: World): Promise<Finding[]> {
  const asked = await aws<{ Vpcs?: readonly Vpc[] }>(world, region, "networks", "ec2", "describe-vpcs");
  if ("finding" in asked) return [asked.finding];
  const others = (asked.value.Vpcs ?? []).filter(
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

async function database({ postgres }: ParsedSettings, { region }: Eks, world: World): Promise<Finding[]> {
  if (postgres.kind !== "rds") return [];
  const { version, instanceClass } = postgres;
  const asked = await aws<{ OrderableDBInstanceOptions?: readonly unknown[] }>(
    ...([
      world,
      region,
      "database classes",
      "rds",
      "describe-orderable-db-instance-options",
      "--engine",
      "postgres",
    ] as const),
    ...["--db-instance-class", instanceClass, "--vpc", "--max-items", "100"],
  );
  if ("finding" in asked) return [asked.finding];
  const options = (asked.value.OrderableDBInstanceOptions ?? []) as readonly { EngineVersion: string }[];
  const fitting = options.filter(
    ({ EngineVersion }) => EngineVersion === version || EngineVersion.startsWith(`${version.split(".")[0]}.`),
  );
  if (fitting.length > 0) return [ok(`RDS offers ${instanceClass} with Postgres ${version} in ${region}`)];
  return [
    failed(
      `postgres.instanceClass: RDS offers no ${instanceClass} with Postgres ${version} in ${region}`,
      "use another class or version (aws rds describe-orderable-db-instance-options)",
    ),
  ];
}
