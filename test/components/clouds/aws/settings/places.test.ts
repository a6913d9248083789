import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isZoneOf, newZones, parseZone } from "../../../../../components/clouds/aws/settings/zones";
import { parse } from "../../../settings/stack";
import { type Case, onEks, wrong } from "./onEks";

describe("zones, tags and boundaries that AWS would refuse", () => {
  const cases: Case[] = [
    {
      row: "4: us-east-1, where a letter may be a zone that EKS refuses",
      change: (cluster) => (cluster.region = "us-east-1"),
      says: "cluster.zones: is not set, and in us-east-1 every account has other letters for the same zones, one of which (use1-az3) EKS refuses; name two or three by name or by id (aws ec2 describe-availability-zones --region us-east-1); a stack that is up names those it has",
    },
    {
      row: "4: a zone that EKS refuses",
      change: (cluster) => Object.assign(cluster, { region: "us-east-1", zones: ["use1-az1", "use1-az3"] }),
      says: 'cluster.zones[1]: "use1-az3" is a zone that EKS refuses for a cluster; use another one of its region',
    },
    {
      row: "4: names and ids",
      change: (cluster) => (cluster.zones = ["eu-west-1a", "euw1-az2"]),
      says: "cluster.zones: has names and ids, of which two may be one zone; use names only, or ids only",
    },
    {
      row: "4: the id of another region's zone",
      change: (cluster) => (cluster.zones = ["euw1-az1", "euw2-az2"]),
      says: 'cluster.zones[1]: "euw2-az2" is not in region "eu-west-1"; use zones of one region',
    },
    {
      row: "a tag of the platform's own",
      change: (cluster) => (cluster.tags = { stage: "live" }),
      says: "cluster.tags.stage: is set by the platform; use a key of your own",
    },
    {
      row: "a tag of AWS",
      change: (cluster) => (cluster.tags = { "aws:owner": "me" }),
      says: 'cluster.tags["aws:owner"]: is a key of AWS or of Kubernetes; use a key of your own',
    },
    {
      row: "a tag by which Kubernetes finds its own",
      change: (cluster) => (cluster.tags = { "kubernetes.io/role/elb": "1" }),
      says: 'cluster.tags["kubernetes.io/role/elb"]: is a key of AWS or of Kubernetes; use a key of your own',
    },
    {
      row: "a tag that the controllers would read as two",
      change: (cluster) => (cluster.tags = { team: "a,b" }),
      says: 'cluster.tags.team: "a,b" is not a value of a tag; use up to 256 letters, digits, spaces and "_", ".", ":", "/", "=", "+", "-", "@"',
    },
    {
      row: "more tags than there is room for",
      change: (cluster) => (cluster.tags = Object.fromEntries(Array.from({ length: 39 }, (_, at) => [`t${at}`, "x"]))),
      says: "cluster.tags: has 39 tags; AWS has room for 38 of your own",
    },
    {
      row: "a role for a boundary",
      change: (cluster) => (cluster.permissionsBoundary = "arn:aws:iam::012345678901:role/bound"),
      says: 'cluster.permissionsBoundary: "arn:aws:iam::012345678901:role/bound" is a role, not a policy; use arn:aws:iam::<account>:policy/<name>',
    },
    {
      row: "another account's boundary",
      change: (cluster) => (cluster.permissionsBoundary = "arn:aws:iam::999999999999:policy/bound"),
      says: 'cluster.permissionsBoundary: "arn:aws:iam::999999999999:policy/bound" is of account 999999999999, not of cluster.accountId 012345678901; use a policy of it',
    },
    {
      row: "Docker Hub without credentials",
      change: (cluster) => (cluster.imageCache = { prefix: "hub", upstream: "registry-1.docker.io" }),
      says: 'cluster.imageCache.credentials: is not set, and registry-1.docker.io asks for them; name the ARN of a secret, or use upstream "public.ecr.aws", which needs none',
    },
    {
      row: "an endpoint twice",
      change: (cluster) => (cluster.interfaceEndpoints = ["sts", "sts"]),
      says: "cluster.interfaceEndpoints: names a service twice; keep one",
    },
  ];
  for (const { row, change, says } of cases) test(row, () => assert.deepEqual(wrong(change), [says]));

  test("what is right passes", () => {
    const { cluster } = parse(
      onEks((raw) =>
        Object.assign(raw, {
          region: "us-east-1",
          zones: ["use1-az1", "use1-az2"],
          tags: { "acme:cost-center": "4711", Owner: "Plattform (größer)".replace(/[()]/g, "") },
          permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
        }),
      ),
    );
    assert.ok(cluster.kind === "eks");
    assert.deepEqual(cluster.zones, ["use1-az1", "use1-az2"]);
    assert.equal(cluster.permissionsBoundary, "arn:aws:iam::aws:policy/PowerUserAccess");
  });
});

test("the id of a zone begins with its region cut short", () => {
  // https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
  for (const [region, id] of [
    ["us-east-1", "use1-az1"],
    ["us-west-2", "usw2-az4"],
    ["ca-central-1", "cac1-az1"],
    ["ca-west-1", "caw1-az1"],
    ["eu-central-1", "euc1-az2"],
    ["ap-northeast-1", "apne1-az4"],
    ["ap-southeast-2", "apse2-az1"],
    ["af-south-1", "afs1-az1"],
    ["il-central-1", "ilc1-az1"],
    ["me-south-1", "mes1-az1"],
    ["mx-central-1", "mxc1-az1"],
    ["us-gov-west-1", "usgw1-az1"],
  ] as const) {
    assert.equal(parseZone(id), id);
    assert.ok(isZoneOf(id, region), id);
    assert.ok(!isZoneOf(id, "eu-west-3"), id);
  }
  assert.deepEqual(newZones("us-east-1"), ["use1-az1", "use1-az2", "use1-az4"]);
  assert.deepEqual(newZones("eu-west-1"), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  for (const region of ["us-east-1", "us-west-1"])
    for (const zone of newZones(region)) assert.ok(isZoneOf(parseZone(zone), region));
});
