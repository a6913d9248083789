import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  architectureOf,
  parseInstanceType,
  parseRegion,
  parseRoleArn,
  partitionOf,
  roleArnParts,
} from "../../../../../components/clouds/aws/settings/values";
import { usualZones } from "../../../../../components/clouds/aws/settings/zones";
import { parse } from "../../../settings/stack";
import { type Case, onEks, wrong } from "./onEks";

const role = (name: string) => `arn:aws:iam::012345678901:role/${name}`;

test("the least settings are enough, and the rest has defaults", () => {
  const { cluster } = parse(onEks(() => {}));
  assert.ok(cluster.kind === "eks");
  assert.deepEqual(cluster.zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  assert.deepEqual(cluster.network, { vpc: "10.64.0.0/16", services: "172.20.0.0/16" });
  assert.deepEqual(cluster.api, { public: false, allowedCidrs: [], privateCidrs: [] });
  assert.deepEqual(
    [cluster.supportPolicy, cluster.natGateways, cluster.logRetentionDays, cluster.addonVersions, cluster.dnsZone],
    ["STANDARD", "perZone", 90, {}, undefined],
  );
  assert.deepEqual(cluster.pools.apps?.upgrade, { maxUnavailable: 1 });
});

describe("what is wrong is said with the key, the value and what to do", () => {
  const cases: Case[] = [
    {
      row: "2: no region",
      change: (cluster) => delete cluster.region,
      says: "cluster.region: is not set; add it to Pulumi.dev.yaml (region of AWS, e.g. `eu-west-1`)",
    },
    {
      row: "3: the region of another cloud",
      change: (cluster) => (cluster.region = "us-central1"),
      says: 'cluster.region: "us-central1" is a region of Google Cloud, not an AWS region name; use e.g. "eu-west-1"',
    },
    {
      row: "3: no region at all",
      change: (cluster) => (cluster.region = "europe"),
      says: 'cluster.region: "europe" is not an AWS region name; use e.g. "eu-west-1"',
    },
    {
      row: "3: a region with other names for services",
      change: (cluster) => (cluster.region = "cn-north-1"),
      says: 'cluster.region: "cn-north-1" is in China, where services have names that this program does not use; use e.g. "eu-west-1"',
    },
    {
      row: "4: a zone for a region",
      change: (cluster) => (cluster.region = "eu-west-1b"),
      says: 'cluster.region: "eu-west-1b" is an availability zone; use its region "eu-west-1"',
    },
    {
      row: "4: another cloud's zone for a region",
      change: (cluster) => (cluster.region = "europe-west1-b"),
      says: 'cluster.region: "europe-west1-b" is a zone of Google Cloud, not an AWS region name; use e.g. "eu-west-1"',
    },
    {
      row: "4: a region for a zone",
      change: (cluster) => (cluster.zones = ["eu-west-1", "eu-west-1b"]),
      says: 'cluster.zones[0]: "eu-west-1" is a region; name its zones, e.g. "eu-west-1a"',
    },
    {
      row: "4: one zone",
      change: (cluster) => (cluster.zones = ["eu-west-1a"]),
      says: "cluster.zones: names fewer than two zones, which EKS asks for; name two or three",
    },
    {
      row: "4: four zones",
      change: (cluster) => (cluster.zones = ["a", "b", "c", "d"].map((letter) => `eu-west-1${letter}`)),
      says: "cluster.zones: names more than three zones, for which the network has no room; name two or three",
    },
    {
      row: "4: a zone of another region",
      change: (cluster) => (cluster.zones = ["eu-west-1a", "eu-west-2b"]),
      says: 'cluster.zones[1]: "eu-west-2b" is not in region "eu-west-1"; use zones of one region',
    },
    {
      row: "4: a zone twice",
      change: (cluster) => (cluster.zones = ["eu-west-1a", "eu-west-1a"]),
      says: 'cluster.zones[1]: "eu-west-1a" is named twice; remove one',
    },
    {
      row: "4: a region without usual zones",
      change: (cluster) => (cluster.region = "us-west-1"),
      says: "cluster.zones: is not set, and in us-west-1 every account has other letters for the same zones, one of which (usw1-az2) EKS refuses; name two or three by name or by id (aws ec2 describe-availability-zones --region us-west-1); a stack that is up names those it has",
    },
    {
      row: "5: a version that YAML made a number",
      change: (cluster) => (cluster.version = 1.35),
      says: 'cluster.version: 1.35 is a number; quote it ("1.35"); use "1.31" to "1.36"',
    },
    {
      row: "5: 1.30, which YAML reads as 1.3",
      change: (cluster) => (cluster.version = 1.3),
      says: 'cluster.version: 1.3 is a number; quote it ("1.30"); use "1.31" to "1.36"',
    },
    {
      row: "5: an old version",
      change: (cluster) => (cluster.version = "1.22"),
      says: 'cluster.version: "1.22" is not a version of Kubernetes that is supported; use "1.31" to "1.36"',
    },
    {
      row: "5: latest",
      change: (cluster) => (cluster.version = "latest"),
      says: 'cluster.version: "latest" is not a version of Kubernetes that is supported; use "1.31" to "1.36"',
    },
    {
      row: "5: a patch version",
      change: (cluster) => (cluster.version = "v1.35.2"),
      says: 'cluster.version: "v1.35.2" is not a minor version; did you mean "1.35"?',
    },
    {
      row: "14: bounds the wrong way round",
      change: (cluster) => (cluster.pools.apps.max = 1),
      says: "cluster.pools.apps.min: 2 is above max (1); lower min or raise max",
    },
    {
      row: "16: the machine type of another cloud",
      change: (cluster) => (cluster.pools.apps.machineType = "e2-standard-4"),
      says: 'cluster.pools.apps.machineType: "e2-standard-4" is a machine type of Google Cloud; use e.g. "m7g.large"',
    },
    {
      row: "16: a server's class",
      change: (cluster) => (cluster.pools.apps.machineType = "db.m7g.large"),
      says: 'cluster.pools.apps.machineType: "db.m7g.large" is a type of a managed server; did you mean "m7g.large"?',
    },
    {
      row: "16: too small",
      change: (cluster) => (cluster.pools.apps.machineType = "t4g.micro"),
      says: 'cluster.pools.apps.machineType: "t4g.micro" has room for 4 pods, which the cluster\'s own take; use e.g. "m7g.large"',
    },
    {
      row: "16: two processors in one pool",
      change: (cluster) => (cluster.pools.apps.alternatives = ["m6g.large", "m7i.large"]),
      says: 'cluster.pools.apps.alternatives[1]: "m7i.large" has another processor than "m7g.large" (arm64); use types of one',
    },
    {
      row: "31: a VPC that is too large",
      change: (cluster) => (cluster.network = { vpc: "10.0.0.0/8" }),
      says: 'cluster.network.vpc: "10.0.0.0/8" is too large; use a private network of /16 to /20, e.g. "10.64.0.0/16"',
    },
    {
      row: "31: Services where EKS takes none",
      change: (cluster) => (cluster.network = { services: "100.64.0.0/16" }),
      says: 'cluster.network.services: "100.64.0.0/16" is not in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as EKS asks for; use e.g. "172.20.0.0/16"',
    },
    {
      row: "31: networks that overlap",
      change: (cluster) => (cluster.network = { vpc: "172.20.0.0/16" }),
      says: 'cluster.network.services: "172.20.0.0/16" overlaps cluster.network.vpc "172.20.0.0/16"; use networks that have no address in common',
    },
    {
      row: "32: IPv6",
      change: (cluster) => (cluster.api = { public: true, allowedCidrs: ["2001:db8::/32"] }),
      says: 'cluster.api.allowedCidrs[0]: "2001:db8::/32" is IPv6, which this cluster does not speak; use an IPv4 network',
    },
    {
      row: "40: an unknown key",
      change: (cluster) => (cluster.acess = {}),
      says: "cluster.acess: unknown key; did you mean access?",
    },
    {
      row: "account as a number",
      change: (cluster) => (cluster.accountId = 12345678901),
      says: 'cluster.accountId: 12345678901 is a number; quote it ("012345678901")',
    },
    {
      row: "account with dashes",
      change: (cluster) => (cluster.accountId = "0123-4567-8901"),
      says: 'cluster.accountId: "0123-4567-8901" has dashes; write "012345678901"',
    },
    {
      row: "a role of another account",
      change: (cluster) => (cluster.access.deployer = "arn:aws:iam::999999999999:role/deployer"),
      says: 'cluster.access.deployer: "arn:aws:iam::999999999999:role/deployer" is of account 999999999999, not of cluster.accountId 012345678901; use a role of it',
    },
    {
      row: "a session for a role",
      change: (cluster) => (cluster.access.deployer = "arn:aws:sts::012345678901:assumed-role/deployer/me"),
      says: 'cluster.access.deployer: "arn:aws:sts::012345678901:assumed-role/deployer/me" is a session, which ends; use its role "arn:aws:iam::012345678901:role/deployer"',
    },
    {
      row: "a role twice",
      change: (cluster) => (cluster.access.viewers = [role("deployer")]),
      says: 'cluster.access.viewers[0]: role "deployer" is cluster.access.deployer already; keep one',
    },
    {
      row: "days that CloudWatch does not know",
      change: (cluster) => (cluster.logRetentionDays = 100),
      says: "cluster.logRetentionDays: 100 is not a time that CloudWatch keeps logs for; use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 (days)",
    },
    {
      row: "an add-on that is not there",
      change: (cluster) => (cluster.addonVersions = { calico: "v1.0.0-eksbuild.1" }),
      says: "cluster.addonVersions.calico: is not an add-on of this cluster; use one of vpc-cni, kube-proxy, eks-pod-identity-agent, coredns, aws-ebs-csi-driver, metrics-server",
    },
    {
      row: "an add-on's version",
      change: (cluster) => (cluster.addonVersions = { coredns: "1.12" }),
      says: 'cluster.addonVersions.coredns: "1.12" is not a version of an add-on; use e.g. "v1.20.1-eksbuild.1" (aws eks describe-addon-versions)',
    },
    {
      row: "a zone of Route 53",
      change: (cluster) => (cluster.dnsZone = { id: "example.com", domain: "localhost" }),
      says: 'cluster.dnsZone.id: "example.com" is not the id of a hosted zone; use e.g. "Z0123456789ABCDEFGHIJ"',
    },
  ];
  for (const { row, change, says } of cases) test(row, () => assert.deepEqual(wrong(change), [says]));

  test("several at once", () => {
    const found = wrong((cluster) => {
      cluster.region = "mars-1";
      cluster.version = "2";
      cluster.accountId = "1";
    });
    assert.equal(found.length, 3);
  });
});

test("regions of every part of AWS are known, with their zones", () => {
  for (const [region, partition] of [
    ["eu-central-2", "aws"],
    ["us-gov-west-1", "aws-us-gov"],
    ["ap-southeast-5", "aws"],
    ["mx-central-1", "aws"],
  ] as const) {
    assert.equal(parseRegion(region), region);
    assert.equal(partitionOf(region), partition);
  }
  assert.deepEqual(usualZones("ap-northeast-1"), ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]);
});

test("the processor is in the name of an instance type", () => {
  for (const type of [
    "m7g.large",
    "c7gn.xlarge",
    "t4g.small",
    "m6gd.large",
    "x2gd.medium",
    "im4gn.large",
    "is4gen.large",
    "a1.large",
    "g5g.xlarge",
  ])
    assert.equal(architectureOf(parseInstanceType(type)), "arm64", type);
  for (const type of [
    "m7i.large",
    "c7i-flex.large",
    "t3a.small",
    "m6id.large",
    "g4dn.xlarge",
    "g5.xlarge",
    "u7i-12tb.24xlarge",
    "m7i.metal-24xl",
  ])
    assert.equal(architectureOf(parseInstanceType(type)), "x86_64", type);
});

test("a role's name is what comes after its path", () => {
  const arn = "arn:aws:iam::012345678901:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123";
  assert.deepEqual(roleArnParts(parseRoleArn(arn)), { account: "012345678901", name: "AWSReservedSSO_Admin_0123" });
  for (const given of ["arn:aws:iam::012345678901:user/me", "arn:aws:iam::012345678901:root", "deployer"])
    assert.throws(() => parseRoleArn(given), /use arn:aws:iam::<account>:role\/<name>|make a role/);
});
