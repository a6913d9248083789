import { commandKey, googleKey, RecordedWorld, type Recording } from "../../../cli/doctor/recording";
import type { Subject } from "../../../cli/doctor/subject";
import type { Answer, Served } from "../../../components/clouds/shared/doctor/model";
import { project } from "../../support/project";

/** The answers that a world gives, by question. */
export type Calls = Record<string, unknown>;

/** The day on which these worlds are. */
export const day = "2026-11-21T12:00:00.000Z";

export const printed = (value: unknown): Answer => ({
  exitCode: 0,
  stdout: typeof value === "string" ? value : JSON.stringify(value),
  stderr: "",
});

const served = (host: string): Served => ({
  ...{ subject: host, issuer: "Let's Encrypt", validTo: "2027-01-20T00:00:00.000Z", names: [host], trusted: true },
});

/** Not there, or not allowed. */
export const notInstalled: Answer = { stdout: "", stderr: "" };
export const refused = (stderr: string): Answer => ({ exitCode: 255, stdout: "", stderr });

const tools: Calls = {
  "node --version": printed("v22.21.0"),
  "pulumi version": printed("v3.250.0"),
  "kubectl version --client --output json": printed({ clientVersion: { gitVersion: "v1.35.2" } }),
  "docker version --format {{.Server.Version}}": printed("28.2.2"),
  "docker buildx version": printed("github.com/docker/buildx v0.30.1"),
  "pulumi stack ls --json": printed([{ name: "prod" }, { name: "organization/switchboard/prod-eks" }]),
};

const names = (servers: readonly string[]): Calls => ({
  "dns NS switchboard.dev": servers,
  "dns A panel.switchboard.dev": ["198.51.100.7"],
  "dns A chat.switchboard.dev": ["198.51.100.7"],
  "dns CAA panel.switchboard.dev": [],
  "dns CAA chat.switchboard.dev": [],
  "dns CAA switchboard.dev": ['0 issue "letsencrypt.org"', '0 iodef "mailto:admin@switchboard.dev"'],
  "tls panel.switchboard.dev:443": served("panel.switchboard.dev"),
  "tls chat.switchboard.dev:443": served("chat.switchboard.dev"),
});

const inProject = "--project switchboard-prod --format json";

/** What `testIamPermissions` is asked for with the settings of the committed stack. */
export const askedRights = [
  ...["compute.addresses.create", "compute.networks.create", "compute.routers.create", "compute.subnetworks.create"],
  ...["container.clusters.create", "container.clusters.connect", "cloudkms.keyRings.create"],
  ...["cloudkms.cryptoKeys.create", "cloudkms.cryptoKeys.setIamPolicy", "iam.serviceAccounts.create"],
  ...["resourcemanager.projects.setIamPolicy", "servicenetworking.services.addPeering"],
  ...["cloudsql.instances.create", "cloudsql.users.create"],
  ...["redis.instances.create", "redis.instances.getAuthString", "dns.resourceRecordSets.create"],
];

/** The question to Google about a project. */
export const googleQuestion = (verb: string, body: unknown) =>
  googleKey("POST", `https://cloudresourcemanager.googleapis.com/v1/projects/switchboard-prod:${verb}`, body);

export const rightsQuestion = googleQuestion("testIamPermissions", { permissions: askedRights });
export const ruleQuestion = (name: string) =>
  googleQuestion("getEffectiveOrgPolicy", { constraint: `constraints/${name}` });

const googleRights: Calls = {
  [rightsQuestion]: { status: 200, body: { permissions: askedRights } },
  [ruleQuestion("iam.disableServiceAccountCreation")]: { status: 200, body: { booleanPolicy: {} } },
  [ruleQuestion("compute.restrictVpcPeering")]: { status: 403, body: {} },
};

/** What Google Cloud says of a project in which all is well. Shapes: `gcloud … --format json` of each API's resource. */
export const google: Calls = {
  ...tools,
  ...names(["ns-cloud-a1.googledomains.com", "ns-cloud-a2.googledomains.com"]),
  "gcloud --version": printed("Google Cloud SDK 548.0.0\nbeta 2026.11.06"),
  "gke-gcloud-auth-plugin --version": printed("Kubernetes v1.34.0"),
  "pulumi whoami --json": printed({ user: "deployer", url: "gs://switchboard-prod-pulumi" }),
  "gcloud auth list --filter status:ACTIVE --format json": printed([
    { account: "deployer@switchboard.dev", status: "ACTIVE" },
  ]),
  "gcloud projects describe switchboard-prod --format json": printed({
    projectNumber: "123456789012",
    lifecycleState: "ACTIVE",
  }),
  [`gcloud services list --enabled ${inProject}`]: printed(
    [
      "container",
      "compute",
      "cloudkms",
      "iam",
      "cloudresourcemanager",
      "servicenetworking",
      "logging",
      "monitoring",
      "sqladmin",
      "redis",
      "dns",
      "artifactregistry",
    ].map((name) => ({ config: { name: `${name}.googleapis.com` } })),
  ),
  ...googleRights,
  [`gcloud compute zones list --filter region:europe-west1 ${inProject}`]: printed(
    ["b", "c", "d"].map((zone) => ({ name: `europe-west1-${zone}`, status: "UP" })),
  ),
  [`gcloud compute machine-types list --zones europe-west1-b,europe-west1-c,europe-west1-d --filter name=(e2-standard-2 e2-standard-4) ${inProject}`]:
    printed(
      ["b", "c", "d"].flatMap((zone) =>
        ["e2-standard-2", "e2-standard-4"].map((name) => ({ name, zone: `europe-west1-${zone}` })),
      ),
    ),
  [`gcloud compute regions describe europe-west1 ${inProject}`]: printed({
    quotas: [
      { metric: "CPUS", limit: 200, usage: 4 },
      { metric: "STATIC_ADDRESSES", limit: 8, usage: 0 },
      { metric: "IN_USE_ADDRESSES", limit: 8, usage: 0 },
      { metric: "SSD_TOTAL_GB", limit: 5000, usage: 100 },
    ],
  }),
  [`gcloud compute networks subnets list ${inProject}`]: printed([
    {
      name: "default",
      network: "https://www.googleapis.com/compute/v1/projects/p/global/networks/default",
      ipCidrRange: "10.132.0.0/20",
    },
    {
      ...{
        name: "own",
        network: "projects/p/global/networks/cluster-network-vpc-1234567",
        ipCidrRange: "10.64.0.0/20",
      },
      secondaryIpRanges: [{ ipCidrRange: "10.65.0.0/16" }],
    },
  ]),
  "gcloud container get-server-config --region europe-west1 --project switchboard-prod --format json": printed({
    channels: [
      { channel: "REGULAR", defaultVersion: "1.35.3-gke.1389002" },
      { channel: "RAPID", defaultVersion: "1.36.1-gke.1" },
    ],
  }),
  [`gcloud container clusters describe ${project}-prod --location europe-west1 ${inProject}`]: refused(
    `ERROR: (gcloud.container.clusters.describe) ResponseError: code=404, message=Not found: projects/switchboard-prod/locations/europe-west1/clusters/${project}-prod.`,
  ),
  "gcloud dns managed-zones describe switchboard-dev --project switchboard-prod --format json": printed({
    nameServers: ["ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."],
  }),
};

const region = "--region eu-west-1 --output json";
const quota = (service: string, code: string) =>
  `aws service-quotas get-service-quota --service-code ${service} --quota-code ${code} ${region}`;
const value = (name: string, limit: number) => printed({ Quota: { QuotaName: name, Value: limit } });

/** What AWS says of an account in which all is well. Shapes: those of the API's answers. */
export const amazon: Calls = {
  ...tools,
  ...names(["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]),
  "aws --version": printed("aws-cli/2.31.0 Python/3.13.7"),
  "pulumi whoami --json": printed({ user: "deployer", url: "s3://123456789012-pulumi" }),
  "aws sts get-caller-identity --output json": printed({
    Account: "123456789012",
    Arn: "arn:aws:sts::123456789012:assumed-role/switchboard-deployer/ci",
  }),
  [`aws ec2 describe-regions --all-regions ${region}`]: printed({
    Regions: [{ RegionName: "eu-west-1", OptInStatus: "opt-in-not-required" }],
  }),
  [`aws ec2 describe-availability-zones ${region}`]: printed({
    AvailabilityZones: ["a", "b", "c"].map((zone, index) => ({
      ...{ ZoneName: `eu-west-1${zone}`, ZoneId: `euw1-az${3 - index}`, State: "available" },
    })),
  }),
  [`aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=m7i.large,m7i.xlarge ${region}`]:
    printed({
      InstanceTypeOfferings: ["a", "b", "c"].flatMap((zone) =>
        ["m7i.large", "m7i.xlarge"].map((InstanceType) => ({ InstanceType, Location: `eu-west-1${zone}` })),
      ),
    }),
  [`aws logs describe-log-groups --log-group-name-prefix /aws/eks/${project}-prod-eks/cluster ${region}`]: printed({
    logGroups: [
      { logGroupName: `/aws/eks/${project}-prod-eks/cluster`, retentionInDays: 90, kmsKeyId: "arn:aws:kms:key/1" },
      { logGroupName: `/aws/eks/${project}-prod-eks/cluster-of-another` },
    ],
  }),
  [`aws ec2 describe-addresses ${region}`]: printed({ Addresses: [] }),
  [`aws ec2 describe-nat-gateways ${region}`]: printed({ NatGateways: [] }),
  [`aws ec2 describe-subnets ${region}`]: printed({
    Subnets: [{ SubnetId: "subnet-1", AvailabilityZone: "eu-west-1a", AvailabilityZoneId: "euw1-az3" }],
  }),
  [`aws ec2 describe-vpcs ${region}`]: printed({
    Vpcs: [
      { VpcId: "vpc-1", CidrBlockAssociationSet: [{ CidrBlock: "172.31.0.0/16" }] },
      {
        VpcId: "vpc-2",
        CidrBlockAssociationSet: [{ CidrBlock: "10.64.0.0/16" }],
        Tags: [{ Key: "part-of", Value: "switchboard" }],
      },
    ],
  }),
  [`aws eks list-clusters ${region}`]: printed({ clusters: ["other"] }),
  [`aws elbv2 describe-load-balancers ${region}`]: printed({ LoadBalancers: [] }),
  [quota("ec2", "L-1216C47A")]: value("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 256),
  [quota("ec2", "L-0263D0A3")]: value("EC2-VPC Elastic IPs", 20),
  [quota("vpc", "L-F678F1CE")]: value("VPCs per Region", 5),
  [quota("vpc", "L-FE5A380F")]: value("NAT gateways per Availability Zone", 5),
  [quota("eks", "L-1194D53C")]: value("Clusters", 100),
  [quota("elasticloadbalancing", "L-69A177A2")]: value("Network Load Balancers per Region", 50),
  [`aws rds describe-orderable-db-instance-options --engine postgres --db-instance-class db.m7g.large --vpc --query OrderableDBInstanceOptions[].EngineVersion ${region}`]:
    printed(["16.10", "17.6"]),
  [`aws eks describe-cluster-versions ${region}`]: printed({
    clusterVersions: [
      {
        clusterVersion: "1.36",
        endOfStandardSupportDate: "2027-08-02T00:00:00+00:00",
        endOfExtendedSupportDate: "2028-08-02T00:00:00+00:00",
      },
      {
        clusterVersion: "1.35",
        endOfStandardSupportDate: "2027-03-27T00:00:00+00:00",
        endOfExtendedSupportDate: "2028-03-27T00:00:00+00:00",
      },
      {
        clusterVersion: "1.34",
        endOfStandardSupportDate: "2026-12-02T00:00:00+00:00",
        endOfExtendedSupportDate: "2027-12-02T00:00:00+00:00",
      },
    ],
  }),
  [`aws eks describe-cluster --name ${project}-prod-eks ${region}`]: refused(
    `\nAn error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: ${project}-prod-eks.`,
  ),
  "public address": "203.0.113.9",
  "aws route53 get-hosted-zone --id Z0123456789ABCDEFGHIJ --output json": printed({
    DelegationSet: { NameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"] },
  }),
};

/** The DNS Service as k3s and kubeadm have it. */
export const kubeDns = {
  metadata: { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  spec: {
    ...{ type: "ClusterIP", clusterIP: "10.43.0.10", selector: { "k8s-app": "kube-dns" } },
    ports: [{ port: 53, protocol: "UDP", targetPort: 53 }],
  },
};

/** A cluster that somebody else runs, in which all is well. */
export const foreign: Calls = {
  ...tools,
  "kubectl --context lab version --output json": printed({ serverVersion: { gitVersion: "v1.35.1+k3s1" } }),
  ...Object.fromEntries(
    ["create namespaces", "create deployments.apps", "create secrets", "create networkpolicies.networking.k8s.io"].map(
      (right) => [`kubectl --context lab auth can-i ${right} --namespace switchboard`, printed("yes\n")],
    ),
  ),
  "kubectl --context lab get namespaces --field-selector metadata.name=switchboard --output json": printed({
    items: [],
  }),
  "kubectl --context lab get nodes --output json": printed({
    items: [
      {
        metadata: { name: "one" },
        status: { conditions: [{ type: "Ready", status: "True" }], nodeInfo: { kubeletVersion: "v1.35.1+k3s1" } },
      },
    ],
  }),
  "kubectl --context lab get services --all-namespaces --output json": printed({ items: [kubeDns] }),
  "kubectl --context lab get daemonsets.apps --all-namespaces --output json": printed({ items: [] }),
  "kubectl --context lab get --raw /apis": printed({ groups: [{ name: "apps" }] }),
  "kubectl --context lab get storageclasses --output json": printed({
    items: [
      { metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } },
    ],
  }),
};

/** A world with these answers. */
export function fakeHostOf(calls: Calls): RecordedWorld {
  return new RecordedWorld({ recordedAt: day, calls } satisfies Recording);
}

/** The calls with some of them answered otherwise; a key that is no question of theirs is a mistake of the test. */
export function changed(calls: Calls, change: Calls): Calls {
  for (const key of Object.keys(change)) {
    if (!(key in calls)) throw new Error(`the world is never asked: ${key}`);
  }
  return { ...calls, ...change };
}

export { commandKey };

/** A stack `lab` with these settings, on the cluster of the context `lab`. */
export function labSubject(settings: unknown): Subject {
  const target = { stack: "lab", local: false, context: "lab" };
  return { settings, target, ports: { https: 8443, http: 8080 }, clusterName: "lab" } as unknown as Subject;
}
