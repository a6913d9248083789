import { answered, type NewStackKind, smallCloud, zoneChanges, zoneQuestions } from "../shared/newStack";
import { newZones } from "./settings/zones";

const eks: NewStackKind = {
  base: "prod-eks",
  offered: "AWS: EKS, RDS, ElastiCache",
  place: "AWS",
  questions: [
    {
      key: "account",
      flag: "account",
      message: "Id of the AWS account",
      help: "id of the AWS account",
      settings: ["cluster.accountId"],
    },
    {
      key: "region",
      flag: "region",
      message: "Region",
      help: "region",
      settings: ["cluster.region", "cluster.zones"],
      suggestion: () => "eu-west-1",
    },
    {
      key: "deployer",
      flag: "deployer",
      message: "ARN of the IAM role that deploys",
      help: "ARN of the IAM role that runs pulumi up",
      settings: ["cluster.access"],
      suggestion: ({ account }) => `arn:aws:iam::${account}:role/switchboard-deployer`,
    },
    {
      key: "deployFrom",
      flag: "deploy-from",
      message: "Network that you deploy from, e.g. 203.0.113.0/29; none: from inside the VPC only",
      help: "network that reaches the API server from the internet (default: none, only the VPC does)",
      settings: ["cluster.api"],
      suggestion: () => "none",
      optional: true,
    },
  ],
  hostQuestions: zoneQuestions("Route 53 zone for them, by id"),
  // ECR: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  registry: ({ account, region }) => account && region && `${account}.dkr.ecr.${region}.amazonaws.com/switchboard`,
  changes: (given) => {
    const { account, region, deployer, deployFrom } = given;
    const open = deployFrom && deployFrom !== "none";
    return answered([
      ["cluster.region", region],
      ["cluster.accountId", account],
      ["cluster.zones", region && newZones(region)],
      ["cluster.access.deployer", deployer],
      ["cluster.api", open ? { public: true, allowedCidrs: [deployFrom], privateCidrs: [] } : undefined],
      // Those of the base are roles of another account.
      ["cluster.access.administrators", account && []],
      ...zoneChanges("id", given),
    ]);
  },
  sizes: {
    small: [
      ["cluster.natGateways", "one"],
      ["cluster.pools.system.min", 1],
      ["cluster.pools.system.max", 2],
      ["cluster.pools.apps.machineType", "m7i.large"],
      ["cluster.pools.apps.min", 2],
      ["cluster.pools.apps.max", 4],
      ["postgres.highAvailability", false],
      ["redis.replicas", 0],
      ...smallCloud,
    ],
    production: [["operations.protect", true]],
  },
  up: "build the images, push them, and bring the stack up",
  // https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers
  state: ({ region }) => ({
    backend: "s3://BUCKET",
    secretsProvider: `awskms://alias/switchboard-pulumi?region=${region}`,
  }),
};

/** What a new stack in AWS is asked and made of, by its kind of cluster. */
export const newStack = { eks };
