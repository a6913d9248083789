import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { choice, flag, mapOf, show, text, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { contains, privateCidr } from "../../../schema/values/cidr";
import { cidr, host } from "../../../schema/values/network";
import { namespace } from "../../../schema/values/words";
import { pools } from "../../shared/pools";
import { imageCache, interfaceEndpoints } from "./apiReach";
import { logRetention } from "./logRetention";
import { policyAccount, policyArn, tags } from "./tags";
import { accountId, architectureOf, instanceType, kubernetesVersion, region, roleArn, roleArnParts } from "./values";
import { isZoneId, isZoneOf, refusedZoneIds, usualZones, zone } from "./zones";

/** The parts of EKS that are installed as add-ons, in no order. */
export const addonNames = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "coredns",
  "aws-ebs-csi-driver",
  "metrics-server",
] as const;

/** Node groups have 63 characters; the resource's name, the zone and seven random ones are in them too. */
const longestPoolName = 20;

const upgrade = z
  .strictObject({
    maxUnavailable: whole(1, 100)
      .prefault(1)
      .describe("nodes that are exchanged at a time; each one's pods are moved first, as disruption budgets allow"),
    maxUnavailablePercent: whole(1, 100, " %")
      .optional()
      .describe("the same in percent of the nodes that are there, rounded up; it counts instead of maxUnavailable"),
    release: text((value) => value)
      .refine((value) => /^1\.\d+\.\d+-\d{8}$/.test(value), {
        error: (issue) =>
          `${show(issue.input)} is not a release of the node image; use e.g. "1.36.0-20261101" (aws ssm get-parameter --name /aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/release_version)`,
      })
      .optional()
      .describe(
        "release of the node image; a new one exchanges the nodes; default: the newest at the time when the pool was made or the version raised, and it stays",
      ),
  })
  .prefault({});

const pool = {
  machineType: instanceType().describe("instance type of EC2, e.g. `m7g.large`"),
  alternatives: z
    .array(instanceType())
    .max(19)
    .prefault([])
    .describe("further types of the same size and processor, which make spot nodes easier to get"),
  upgrade,
};

const network = z
  .strictObject({
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html allows /16 to /28; below /20 there is no room.
    vpc: privateCidr(16, 20)
      .prefault("10.64.0.0/16")
      .describe("addresses of nodes, pods, databases and balancers; it cannot be changed"),
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html: /24 to /12, and not 100.64.0.0/10.
    services: privateCidr(12, 24)
      .refine((value) => !contains("100.64.0.0/10", value), {
        error: (issue) =>
          `${show(issue.input)} is not in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as EKS asks for; use e.g. "172.20.0.0/16"`,
      })
      .prefault("172.20.0.0/16")
      .describe("addresses of Services, seen inside the cluster only; it cannot be changed"),
  })
  .prefault({});

const ipv4 = () =>
  cidr().refine((network) => !network.includes(":"), {
    error: (issue) => `${show(issue.input)} is IPv6, which this cluster does not speak; use an IPv4 network`,
  });

const api = z
  .strictObject({
    public: flag().prefault(false).describe("whether the API server can be reached from the internet too"),
    allowedCidrs: z.array(ipv4()).prefault([]).describe("networks that reach it from the internet"),
    privateCidrs: z
      .array(ipv4())
      .prefault([])
      .describe("networks that reach it from inside: of a VPN, of a peered network, of runners that deploy"),
  })
  .prefault({});

const access = z.strictObject({
  deployer: roleArn().describe("ARN of the IAM role that runs `pulumi up`; without it nobody could change the cluster"),
  administrators: z.array(roleArn()).prefault([]).describe("ARNs of IAM roles that may do everything in the cluster"),
  viewers: z
    .array(roleArn())
    .prefault([])
    .describe("ARNs of IAM roles that may see everything in namespaces but Secrets"),
  readers: z
    .array(roleArn())
    .prefault([])
    .describe(
      "ARNs of IAM roles that may see everything, Secrets too, and change nothing: what a pipeline looks for drift with",
    ),
});

type Access = z.output<typeof access>;

const dnsZone = z.strictObject({
  id: text((value) => value)
    .refine((value) => /^Z[A-Z0-9]{4,31}$/.test(value), {
      error: (issue) => `${show(issue.input)} is not the id of a hosted zone; use e.g. "Z0123456789ABCDEFGHIJ"`,
    })
    .describe("id of a public hosted zone of Route 53 in this account"),
  domain: host().describe("domain of the zone"),
});

/** A cluster of Amazon EKS, its network and its nodes. */
export const eksCluster = (_context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("eks").describe("`eks`: a cluster of Amazon EKS, made by this stack"),
      namespace: namespace()
        .prefault("switchboard")
        .describe("namespace that everything is put in; made and owned by this stack"),
      accountId: accountId().describe("account that everything is made in; another one's credentials are refused"),
      region: region().describe("region of AWS, e.g. `eu-west-1`"),
      zones: z
        .array(zone())
        .min(2, { error: "names fewer than two zones, which EKS asks for; name two or three" })
        .max(3, { error: "names more than three zones, for which the network has no room; name two or three" })
        .optional()
        .describe(
          "two or three availability zones, all by name or all by id (`euw1-az1`: the same in every account); default: a, b and c of the region, or what it has instead; none in us-east-1 and us-west-1",
        ),
      tags: tags()
        .prefault({})
        .describe(
          "further tags of everything in the account, also of what controllers make: balancers, volumes, nodes, network interfaces; a change exchanges the nodes",
        ),
      permissionsBoundary: policyArn()
        .optional()
        .describe("ARN of the IAM policy that bounds every role of the stack; default: none"),
      version: kubernetesVersion().describe("minor version of Kubernetes, as text; it may rise by one at a time"),
      supportPolicy: choice(["STANDARD", "EXTENDED"])
        .prefault("STANDARD")
        .describe(
          "`STANDARD` upgrades a version automatically 14 months after its release. `EXTENDED` keeps it for 12 more, at six times the price of the control plane",
        ),
      network,
      natGateways: choice(["perZone", "one"])
        .prefault("perZone")
        .describe(
          "ways from the nodes to the internet; `one` costs a third, and without its zone no node reaches the internet",
        ),
      interfaceEndpoints: interfaceEndpoints()
        .prefault([])
        .describe(
          "AWS services that nodes reach inside the network and not through the NAT gateways. Each costs about 0.01 USD an hour in each zone (https://aws.amazon.com/privatelink/pricing/)",
        ),
      imageCache: imageCache()
        .optional()
        .describe("copy of another registry's images in ECR, which fills itself; default: none"),
      api,
      access,
      logRetentionDays: logRetention()
        .prefault(90)
        .describe("days that the logs of the control plane and of the network are kept"),
      addonVersions: mapOf(
        text((value) => value).refine((value) => /^v\d+\.\d+\.\d+-eksbuild\.\d+$/.test(value), {
          error: (issue) =>
            `${show(issue.input)} is not a version of an add-on; use e.g. "v1.20.1-eksbuild.1" (aws eks describe-addon-versions)`,
        }),
        (name) =>
          (addonNames as readonly string[]).includes(name)
            ? undefined
            : `is not an add-on of this cluster; use one of ${addonNames.join(", ")}`,
      )
        .prefault({})
        .describe(
          "versions of add-ons by name. EKS chooses the version of any other add-on at its creation, and that version stays",
        ),
      pools: pools(pool, longestPoolName).describe("node pools by name"),
      dnsZone: dnsZone.optional().describe("where DNS records of the public host names are kept; default: elsewhere"),
    })
    .superRefine((given, issues) => {
      const wrong = (message: string, ...path: PropertyKey[]) => issues.addIssue({ code: "custom", path, message });
      zoneProblems(given, wrong);
      accessProblems(given, wrong);
      boundaryProblem(given, wrong);
      for (const [name, { machineType, alternatives }] of Object.entries(given.pools)) {
        const processor = architectureOf(machineType);
        alternatives.forEach((type, index) => {
          if (architectureOf(type) !== processor)
            wrong(
              `${show(type)} has another processor than ${show(machineType)} (${processor}); use types of one`,
              ...["pools", name, "alternatives", index],
            );
        });
      }
    })
    .transform((given) => ({ ...given, zones: given.zones ?? usualZones(given.region)! }));

type Wrong = (message: string, ...path: PropertyKey[]) => void;

function zoneProblems({ region, zones }: { region: string; zones?: string[] }, wrong: Wrong): void {
  if (!zones) {
    if (!usualZones(region))
      wrong(
        `is not set, and in ${region} every account has other letters for the same zones, one of which (${refusedZoneIds[region]}) EKS refuses; ` +
          `name two or three by name or by id (aws ec2 describe-availability-zones --region ${region}); a stack that is up names those it has`,
        "zones",
      );
    return;
  }
  if (zones.some(isZoneId) && !zones.every(isZoneId))
    wrong("has names and ids, of which two may be one zone; use names only, or ids only", "zones");
  zones.forEach((zone, index) => {
    if (!isZoneOf(zone, region))
      wrong(`${show(zone)} is not in region ${show(region)}; use zones of one region`, "zones", index);
    if (zones.indexOf(zone) < index) wrong(`${show(zone)} is named twice; remove one`, "zones", index);
  });
}

/** IAM refuses a boundary of another account when the first role is made, after network and key. */
function boundaryProblem(
  { accountId, permissionsBoundary: arn }: { accountId: string; permissionsBoundary?: string },
  wrong: Wrong,
): void {
  const account = arn === undefined ? undefined : policyAccount(arn);
  if (account !== undefined && account !== accountId)
    wrong(
      `${show(arn)} is of account ${account}, not of cluster.accountId ${accountId}; use a policy of it`,
      "permissionsBoundary",
    );
}

/** A role has one entry; a second one is refused by EKS half-way through an update. */
function accessProblems({ accountId, access }: { accountId: string; access: Access }, wrong: Wrong): void {
  const seen = new Map<string, string>();
  const look = (arn: string, path: readonly PropertyKey[], shown: string) => {
    const { account, name } = roleArnParts(arn);
    if (account !== accountId)
      wrong(`${show(arn)} is of account ${account}, not of cluster.accountId ${accountId}; use a role of it`, ...path);
    const before = seen.get(name);
    if (before) wrong(`role ${show(name)} is ${before} already; keep one`, ...path);
    seen.set(name, shown);
  };
  look(access.deployer, ["access", "deployer"], "cluster.access.deployer");
  for (const list of ["administrators", "viewers", "readers"] as const)
    access[list].forEach((arn, index) => {
      look(arn, ["access", list, index], `in cluster.access.${list}`);
    });
}

export type EksClusterSettings = SettingsOf<typeof eksCluster>;
