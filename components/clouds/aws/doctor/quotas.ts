import type { ParsedOf } from "../../../schema/sealed";
import { type Asked, aws } from "../../shared/doctor/ask";
import { type Check, type CloudSubject, type Finding, unclear, type World } from "../../shared/doctor/model";
import { quotaFinding } from "../../shared/doctor/quota";
import { coresOf } from "../machines";
import { nodesAtOnce } from "../poolGroups";
import type { eksCluster } from "../settings/cluster";

type Eks = ParsedOf<typeof eksCluster>;

/** One quota, what the first `up` takes of it, and what others have taken. */
interface Share {
  /** Names the finding: `quota.addresses`. */
  readonly name: string;
  readonly service: string;
  readonly code: string;
  /** What the first `up` takes. */
  readonly amount: number;
  readonly why: string;
  /** What the stack may grow to, where that is more. */
  readonly most?: { readonly amount: number; readonly why: string };
  readonly used: number | Finding;
  /** What else helps than to ask for more. */
  readonly instead?: string;
}

/**
 * Whether what the stack takes fits into the account's quotas. What carries this stack's name is its own and not counted;
 * what the first `up` takes for sure and is not free is a certain end of it.
 */
export const quotas: Check = {
  area: "quotas",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run(subject, world) {
    const found: Finding[] = [];
    for (const share of await shares(subject, world))
      found.push(...(await findings(share, subject.settings.cluster as Eks, world)));
    return found;
  },
};

/** https://docs.aws.amazon.com/general/latest/gr/ec2-service.html, vpc-service.html, eks.html, elb.html */
const codes = {
  cores: ["ec2", "L-1216C47A"],
  addresses: ["ec2", "L-0263D0A3"],
  networks: ["vpc", "L-F678F1CE"],
  gateways: ["vpc", "L-FE5A380F"],
  clusters: ["eks", "L-1194D53C"],
  balancers: ["elasticloadbalancing", "L-69A177A2"],
} as const;

async function shares({ settings, clusterName }: CloudSubject, world: World): Promise<Share[]> {
  const cluster = settings.cluster as Eks;
  const { zones, natGateways, region } = cluster;
  const gateways = natGateways === "perZone" ? zones.length : 1;
  const own = ownBy(clusterName);
  const count = async <T>(list: string, isCounted: (entry: T) => boolean, ...args: readonly string[]) => {
    const asked = await aws<Record<string, readonly T[] | undefined> | null>(world, region, list, ...args);
    return "value" in asked ? (asked.value?.[list] ?? []).filter(isCounted).length : asked.finding;
  };
  const share = (name: keyof typeof codes, rest: Omit<Share, "name" | "service" | "code">): Share => {
    const [service, code] = codes[name];
    return { name: `quota.${name}`, service, code, ...rest };
  };
  return [
    share("cores", {
      amount: standardCores(cluster, ({ min }) => min),
      why: "the cores of the fewest nodes",
      most: {
        amount: standardCores(cluster, ({ max, upgrade }) => max + nodesAtOnce(upgrade, max)),
        why: "the cores of the most nodes (what runs already is not counted)",
      },
      used: 0,
    }),
    share("addresses", {
      amount: gateways + zones.length,
      why: `${gateways} NAT gateway${gateways === 1 ? "" : "s"} and ${zones.length} zones of the entrance`,
      // Addresses of networks that were brought along are not counted by this quota.
      used: await count<Address>("Addresses", (one) => isAmazons(one) && !own(one), "ec2", "describe-addresses"),
      instead: lessAddresses(gateways, zones.length),
    }),
    share("networks", {
      ...{ amount: 1, why: "the stack's own VPC" },
      used: await count<Tagged>("Vpcs", (vpc) => !own(vpc), "ec2", "describe-vpcs"),
    }),
    share("gateways", {
      ...{ amount: 1, why: "a NAT gateway in each zone" },
      used: await fullestZone(world, cluster, own),
      instead: 'or set cluster.natGateways to "one"',
    }),
    share("clusters", {
      ...{ amount: 1, why: "the cluster" },
      used: await count<string>("clusters", (name) => name !== clusterName, "eks", "list-clusters"),
    }),
    share("balancers", {
      ...{ amount: 1, why: "the entrance" },
      used: await count<Balancer>("LoadBalancers", isNetworks, "elbv2", "describe-load-balancers"),
    }),
  ];
}

interface Tagged {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

interface Address extends Tagged {
  readonly PublicIpv4Pool?: string;
}

interface Balancer {
  readonly Type?: string;
}

const isNetworks = ({ Type = "network" }: Balancer): boolean => Type === "network";
const isAmazons = ({ PublicIpv4Pool = "amazon" }: Address): boolean => PublicIpv4Pool === "amazon";

/** What the program made for this stack: it names everything of the network after it. */
function ownBy(clusterName: string): (entry: Tagged) => boolean {
  return ({ Tags = [] }) => {
    const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
    return tags.get("part-of") === "switchboard" && (tags.get("Name") ?? "").startsWith(`${clusterName} `);
  };
}

/** Cores that count against the quota of standard families on demand; spot and other families have quotas of their own. */
function standardCores({ pools }: Eks, nodes: (pool: Eks["pools"][string]) => number): number {
  return Object.values(pools)
    .filter(({ spot, machineType }) => !spot && /^[acdhimrtz]\d/.test(machineType))
    .reduce((sum, pool) => sum + (coresOf(pool.machineType) ?? 0) * nodes(pool), 0);
}

function lessAddresses(gateways: number, zones: number): string | undefined {
  if (gateways > 1) return `or set cluster.natGateways to "one", which takes ${zones + 1}`;
  return zones > 2 ? "or name two zones in cluster.zones, which takes 3" : undefined;
}

/** The most NAT gateways that others have in one of the stack's zones. */
async function fullestZone(
  world: World,
  { region, zones }: Eks,
  own: (entry: Tagged) => boolean,
): Promise<number | Finding> {
  const [gateways, subnets] = [
    await aws<{ NatGateways?: readonly (Tagged & { readonly SubnetId: string; readonly State?: string })[] } | null>(
      ...([world, region, "NAT gateways", "ec2", "describe-nat-gateways"] as const),
    ),
    await aws<{
      Subnets?: readonly { SubnetId: string; AvailabilityZone: string; AvailabilityZoneId?: string }[];
    } | null>(world, region, "subnets", "ec2", "describe-subnets"),
  ];
  if ("finding" in gateways) return gateways.finding;
  if ("finding" in subnets) return subnets.finding;
  const zoneOf = new Map((subnets.value?.Subnets ?? []).map((subnet) => [subnet.SubnetId, subnet]));
  const taken = (gateways.value?.NatGateways ?? [])
    .filter((gateway) => !own(gateway) && !["deleted", "failed"].includes(gateway.State ?? ""))
    .map(({ SubnetId }) => zoneOf.get(SubnetId));
  return Math.max(
    0,
    ...zones.map(
      (zone) => taken.filter((at) => at?.AvailabilityZone === zone || at?.AvailabilityZoneId === zone).length,
    ),
  );
}

async function findings(share: Share, { region }: Eks, world: World): Promise<Finding[]> {
  const { service, code, used, name, instead, most } = share;
  if (share.amount === 0 && !most?.amount) return [];
  if (typeof used !== "number") return [used];
  const asked = await quotaOf(world, region, service, code);
  if ("finding" in asked) return [asked.finding];
  const told = asked.value?.Quota;
  if (!told) return [unclear(`quota ${code} of ${service}: AWS names none in ${region}`, "look in the console of AWS")];
  const where = `in ${region} (aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code})`;
  const quota = { name: told.QuotaName, limit: told.Value, usage: used };
  const lacks = quotaFinding({ ...share, name: quota.name, fixed: true }, [quota], where).filter(
    ({ status }) => status === "failed",
  );
  if (lacks.length > 0)
    return lacks.map((finding) => ({
      ...finding,
      ...(instead ? { todo: `${finding.todo}, ${instead}` } : {}),
      name,
    }));
  return quotaFinding({ ...(most ?? share), name: quota.name }, [quota], where);
}

type Told = { readonly Quota?: { readonly Value: number; readonly QuotaName: string } } | null;

/** What the account has; where nobody has ever asked for more, some services know only what everybody has. */
async function quotaOf(world: World, region: string, service: string, code: string): Promise<Asked<Told>> {
  const what = `quota ${code} of ${service}`;
  const which = ["--service-code", service, "--quota-code", code];
  const applied = await aws<Told>(world, region, what, "service-quotas", "get-service-quota", ...which);
  if ("value" in applied || !/NoSuchResource/.test(applied.finding.what)) return applied;
  return aws<Told>(world, region, what, "service-quotas", "get-aws-default-service-quota", ...which);
}
