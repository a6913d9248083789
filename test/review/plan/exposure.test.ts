import assert from "node:assert/strict";
import { test } from "node:test";
import { isEverybody } from "../../../components/clouds/shared/facts/openings";
import { create, gone, type RiskCase, testRisks, update } from "../../support/riskCases";

const k8s = "kubernetes:core/v1:";
const apps = "kubernetes:apps/v1:";
const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const rds = "aws:rds/instance:Instance";
const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const eks = "aws:eks/cluster:Cluster";
const gke = "gcp:container/cluster:Cluster";

const open: RiskCase[] = [
  {
    what: "a new balancer",
    ...create(`${k8s}Service`, { spec: { type: "LoadBalancer", ports: [{ port: 443 }] } }),
    risk: "danger",
    says: /port 443/,
  },
  {
    what: "a balancer where a port was",
    ...update(`${k8s}Service`, { spec: { type: "ClusterIP" } }, { spec: { type: "LoadBalancer" } }),
    risk: "danger",
  },
  {
    what: "a balancer that was there",
    ...update(
      `${k8s}Service`,
      { spec: { type: "LoadBalancer" } },
      { spec: { type: "LoadBalancer" }, metadata: { labels: { a: "b" } } },
    ),
    risk: "safe",
  },
  {
    what: "an internal balancer of GKE",
    ...create(`${k8s}Service`, {
      metadata: { annotations: { "networking.gke.io/load-balancer-type": "Internal" } },
      spec: { type: "LoadBalancer" },
    }),
    risk: "safe",
  },
  {
    what: "an internal balancer of AWS",
    ...create(`${k8s}Service`, {
      metadata: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } },
      spec: { type: "LoadBalancer" },
    }),
    risk: "safe",
  },
  {
    what: "a balancer for one network",
    ...create(`${k8s}Service`, { spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["198.51.100.0/24"] } }),
    risk: "safe",
  },
  {
    what: "a balancer that goes",
    ...gone(`${k8s}Service`, { spec: { type: "LoadBalancer" } }),
    risk: "danger",
    says: /load balancer goes/,
  },
  {
    what: "a rule for everybody",
    ...create(rule, { cidrIpv4: "0.0.0.0/0", fromPort: 22, toPort: 22, ipProtocol: "tcp" }),
    risk: "danger",
    says: /0\.0\.0\.0\/0 reaches what it guards on port 22/,
  },
  { what: "a rule for everybody's IPv6", ...create(rule, { cidrIpv6: "::/0" }), risk: "danger" },
  {
    what: "answers to ICMP",
    ...create(rule, { cidrIpv4: "0.0.0.0/0", ipProtocol: "icmp", fromPort: 3, toPort: 4 }),
    risk: "safe",
  },
  { what: "a rule for one network", ...create(rule, { cidrIpv4: "10.0.0.0/8" }), risk: "safe" },
  {
    what: "a way out for everybody",
    ...create("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { cidrIpv4: "0.0.0.0/0" }),
    risk: "safe",
  },
  {
    what: "a route to everybody",
    ...create("aws:ec2/route:Route", { destinationCidrBlock: "0.0.0.0/0" }),
    risk: "safe",
  },
  {
    what: "an old rule of a group",
    ...create("aws:ec2/securityGroup:SecurityGroup", { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }], egress: [] }),
    risk: "danger",
  },
  {
    what: "a firewall",
    ...create("gcp:compute/firewall:Firewall", { direction: "INGRESS", sourceRanges: ["0.0.0.0/0"] }),
    risk: "danger",
  },
  {
    what: "a database's address",
    ...update(
      sql,
      { settings: { ipConfiguration: { ipv4Enabled: false } } },
      { settings: { ipConfiguration: { ipv4Enabled: true } } },
    ),
    risk: "danger",
    says: /public address/,
  },
  {
    what: "everybody in a database's networks",
    ...update(sql, {}, { settings: { ipConfiguration: { authorizedNetworks: [{ value: "0.0.0.0/0" }] } } }),
    risk: "danger",
  },
  { what: "RDS made public", ...update(rds, {}, { publiclyAccessible: true }), risk: "danger" },
  {
    what: "everybody at the API of EKS",
    ...update(
      eks,
      { vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.0/24"] } },
      { vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] } },
    ),
    risk: "danger",
    says: /0\.0\.0\.0\/0 reaches the cluster's API/,
  },
  {
    what: "nobody named at the API of EKS",
    ...update(eks, { vpcConfig: { endpointPublicAccess: false } }, { vpcConfig: { endpointPublicAccess: true } }),
    risk: "danger",
    says: /everybody reaches the cluster's API/,
  },
  {
    what: "a public address of the API of GKE",
    ...update(
      gke,
      { privateClusterConfig: { enablePrivateEndpoint: true } },
      { privateClusterConfig: { enablePrivateEndpoint: false }, masterAuthorizedNetworksConfig: { cidrBlocks: [] } },
    ),
    risk: "danger",
  },
  {
    what: "a public bucket",
    ...create("gcp:storage/bucketIAMMember:BucketIAMMember", {
      member: "allUsers",
      role: "roles/storage.objectViewer",
    }),
    risk: "danger",
    says: /everybody on the internet gets roles\/storage\.objectViewer/,
  },
  {
    what: "a policy for everybody",
    ...create("aws:s3/bucketPolicy:BucketPolicy", {
      policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}',
    }),
    risk: "danger",
  },
  {
    what: "a policy with a condition",
    ...create("aws:kms/key:Key", {
      policy:
        '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Condition":{"StringEquals":{"kms:CallerAccount":"1"}}}]}',
    }),
    risk: "safe",
  },
  {
    what: "a role that may do everything",
    ...create("gcp:projects/iAMMember:IAMMember", { member: "user:a@example.com", role: "roles/owner" }),
    risk: "caution",
    says: /user:a@example\.com may do everything/,
  },
  {
    what: "a privileged pod",
    ...create(`${apps}DaemonSet`, {
      spec: { template: { spec: { containers: [{ securityContext: { privileged: true } }] } } },
    }),
    risk: "caution",
  },
];

testRisks(open);

test("networks that mean everybody", () => {
  for (const range of ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3"])
    assert.ok(isEverybody(range), range);
  for (const range of ["10.0.0.0/7", "198.51.100.0/24", "fd00::/8", "203.0.113.7/32", "0.0.0.0", "", undefined])
    assert.ok(!isEverybody(range), range);
});
