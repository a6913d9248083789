import type { ParsedOf } from "../../../schema/sealed";
import { ask } from "../../shared/doctor/ask";
import { advice, type Check, certain, type Finding, ok, type World } from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";

type Eks = ParsedOf<typeof eksCluster>;

/** The account, and who asks. */
export const account: Check = {
  area: "account",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run({ settings }, world) {
    const cluster = settings.cluster as Eks;
    return [...(await identity(cluster, world)), ...(await region(cluster, world))];
  },
};

async function identity({ accountId, access }: Eks, world: World): Promise<Finding[]> {
  const asked = await ask<{ Account: string; Arn: string }>(
    ...([world, "who is logged in", "aws", "sts", "get-caller-identity", "--output", "json"] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const { Account: account, Arn: arn } = asked.value;
  if (account !== accountId) {
    return [
      certain(
        "account",
        `cluster.accountId: ${accountId} is meant, and the credentials are of ${account}`,
        "choose the profile of the other account: AWS_PROFILE=…",
      ),
    ];
  }
  // arn:aws:sts::123456789012:assumed-role/NAME/SESSION, or with a path arn:aws:iam::…:role/PATH/NAME in the settings.
  const role = /assumed-role\/([^/]+)\//.exec(arn)?.[1];
  const deployer = access.deployer.split("/").pop();
  if (arn !== access.deployer && role !== deployer) {
    return [
      advice(
        `logged in as ${arn}, and cluster.access.deployer is ${access.deployer}: only the deployer can change what is in the cluster`,
        "assume that role before an up, or set cluster.access.deployer to the role that deploys",
      ),
    ];
  }
  return [ok(`logged in to AWS account ${account} as ${role ?? arn}`)];
}

async function region({ region: name }: Eks, world: World): Promise<Finding[]> {
  const asked = await ask<{ Regions?: readonly { RegionName: string; OptInStatus: string }[] }>(
    ...([
      world,
      "regions",
      "aws",
      "ec2",
      "describe-regions",
      "--all-regions",
      "--region",
      name,
      "--output",
      "json",
    ] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const found = asked.value.Regions?.find(({ RegionName }) => RegionName === name);
  if (!found)
    return [
      certain(
        "region",
        `cluster.region: AWS has no region ${name}`,
        "name one of aws ec2 describe-regions --all-regions",
      ),
    ];
  return found.OptInStatus === "not-opted-in"
    ? [
        certain(
          "region",
          `cluster.region: the account has not opted in to ${name}`,
          `aws account enable-region --region-name ${name}`,
        ),
      ]
    : [ok(`region ${name}`)];
}
