import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { examine } from "../../../cli/doctor";
import type { Subject } from "../../../cli/doctor/subject";
import { subjectOf } from "../../../cli/doctor/subject";
import { addonNames } from "../../../components/clouds/aws/settings/cluster";
import type { Finding } from "../../../components/clouds/shared/doctor/model";
import { readTarget } from "../../../engine/stack/target";
import { project } from "../../support/project";
import { amazon, type Calls, day, fakeHostOf, printed, refused } from "./fakeHosts";

let subject: Subject;
before(async () => {
  subject = await subjectOf(readTarget("prod-eks"), new Date(day));
});

const inRegion = "--region eu-west-1 --output json";
const addresses = `aws service-quotas get-service-quota --service-code ec2 --quota-code L-0263D0A3 ${inRegion}`;
const elasticIps = (limit: number) => printed({ Quota: { QuotaName: "EC2-VPC Elastic IPs", Value: limit } });

/** What is in the way of the stack, with other settings of its cluster. */
async function inTheWay(calls: Calls, cluster: object = {}): Promise<Finding[]> {
  const { settings } = subject;
  const changed = { ...subject, settings: { ...settings, cluster: { ...settings.cluster, ...cluster } } } as Subject;
  const checked = await examine(changed, fakeHostOf({ ...amazon, ...calls }));
  return checked.flatMap(({ findings }) => findings.filter(({ status }) => status === "failed"));
}

/** A region whose zones have the given ids, as an account sees it. */
function zonesOf(region: string, ids: Readonly<Record<string, string>>): Calls {
  const zones = Object.entries(ids);
  return {
    [`aws ec2 describe-availability-zones --region ${region} --output json`]: printed({
      AvailabilityZones: [
        ...zones.map(([letter, ZoneId]) => ({ ZoneName: `${region}${letter}`, ZoneId, State: "available" })),
        { ZoneName: `${region}-nyc-1a`, ZoneId: "use1-nyc1-az1", State: "available", ZoneType: "local-zone" },
      ],
    }),
  };
}

describe("addresses, by the stack's own arithmetic, against the default quota of 5", () => {
  for (const [natGateways, zones, needed] of [
    ["perZone", 3, 6],
    ["perZone", 2, 4],
    ["one", 3, 4],
    ["one", 2, 3],
  ] as const) {
    test(`${zones} zones, NAT ${natGateways}: ${needed}`, async () => {
      const cluster = { natGateways, zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"].slice(0, zones) };
      const found = await inTheWay({ [addresses]: elasticIps(5) }, cluster);
      assert.equal(found.length, needed > 5 ? 1 : 0);
      const [short] = await inTheWay({ [addresses]: elasticIps(needed - 1) }, cluster);
      assert.match(short!.what, new RegExp(`Elastic IPs: ${needed} for `));
      assert.deepEqual([short!.certain, short!.name], [true, "quota.addresses"]);
      assert.deepEqual(await inTheWay({ [addresses]: elasticIps(needed) }, cluster), []);
    });
  }

  test("where nobody has asked for more, the default of everybody counts", async () => {
    const found = await inTheWay({
      [addresses]: refused("An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation"),
      [addresses.replace("get-service-quota", "get-aws-default-service-quota")]: elasticIps(5),
    });
    assert.equal(found.length, 1);
    assert.equal(found[0]!.certain, true);
  });
});

describe("zones that EKS refuses (eksctl-io/eksctl#7843)", () => {
  test("a letter that is one of them in this account", async () => {
    const region = "us-east-1";
    const calls = zonesOf(region, { a: "use1-az6", b: "use1-az1", c: "use1-az3", d: "use1-az4" });
    const [found, ...more] = await inTheWay(calls, { region, zones: ["us-east-1a", "us-east-1b", "us-east-1c"] });
    assert.deepEqual(more, []);
    assert.equal(found!.certain, true);
    assert.match(found!.what, /us-east-1c of this account is use1-az3, which EKS refuses/);
    assert.match(found!.todo!, /of us-east-1a, us-east-1b, us-east-1d$/);
    assert.deepEqual(await inTheWay(calls, { region, zones: ["us-east-1a", "us-east-1b", "us-east-1d"] }), []);
  });

  test("ids are asked for as such", async () => {
    const region = "us-east-1";
    const calls = zonesOf(region, { a: "use1-az6", b: "use1-az1", c: "use1-az3" });
    assert.deepEqual(await inTheWay(calls, { region, zones: ["use1-az1", "use1-az6"] }), []);
    const [found] = await inTheWay(calls, { region, zones: ["use1-az1", "use1-az2"] });
    assert.match(found!.what, /the account has no use1-az2/);
    assert.match(found!.todo!, /of use1-az1, use1-az6$/);
  });
});

describe("how old a running cluster is", () => {
  const name = `${project}-prod-eks`;
  const newest = "1.36.2-20261115";
  const calls = (images: string, coredns: string): Calls => ({
    [`aws eks list-clusters ${inRegion}`]: printed({ clusters: [name] }),
    [`aws eks list-nodegroups --cluster-name ${name} ${inRegion}`]: printed({
      nodegroups: ["cluster-pools-apps-0a1b2c3", "cluster-pools-system-0a1b2c3"],
    }),
    ...Object.fromEntries(
      ["apps", "system"].map((pool) => [
        `aws eks describe-nodegroup --cluster-name ${name} --nodegroup-name cluster-pools-${pool}-0a1b2c3 ${inRegion}`,
        printed({ nodegroup: { version: "1.36", releaseVersion: images } }),
      ]),
    ),
    [`aws ssm get-parameter --name /aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/release_version ${inRegion}`]:
      printed({ Parameter: { Value: newest } }),
    ...Object.fromEntries(
      addonNames.flatMap((addon) => [
        [
          `aws eks describe-addon --cluster-name ${name} --addon-name ${addon} ${inRegion}`,
          printed({ addon: { addonVersion: addon === "coredns" ? coredns : "v1.9.0-eksbuild.1" } }),
        ],
        [
          `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name ${addon} --query addons[].addonVersions[].addonVersion ${inRegion}`,
          printed(["v1.9.0-eksbuild.1", "v1.9.0-eksbuild.2", ...(addon === "coredns" ? ["v1.10.0-eksbuild.1"] : [])]),
        ],
      ]),
    ),
  });
  const told = async (answers: Calls, of = subject) => {
    const checked = await examine(of, fakeHostOf({ ...amazon, ...answers }));
    return checked.find(({ area }) => area === "ages")!.findings;
  };

  test("new images and add-ons are good; another build of a release is no news", async () => {
    const found = await told(calls(newest, "v1.10.0-eksbuild.1"));
    assert.deepEqual(
      found.map(({ status }) => status),
      Array(8).fill("ok"),
    );
  });

  test("what is old is said with the setting that renews it", async () => {
    const found = (await told(calls("1.36.0-20260601", "v1.9.0-eksbuild.1"))).filter(
      ({ status }) => status === "advice",
    );
    assert.equal(found.length, 3);
    const system = found.find(({ what }) => what.startsWith("pool system:"));
    assert.match(system!.what, /pool system: the node image 1\.36\.0-20260601 is 173 days old, and 1\.36\.2-20261115/);
    assert.match(system!.todo!, /cluster\.pools\.system\.upgrade\.release to "1\.36\.2-20261115"/);
    assert.match(found[2]!.what, /coredns: v1\.9\.0-eksbuild\.1 runs, and v1\.10\.0-eksbuild\.1 is there/);
    assert.match(found[2]!.todo!, /cluster\.addonVersions\.coredns to "v1\.10\.0-eksbuild\.1"/);
  });

  test("an add-on that is not for this version of Kubernetes", async () => {
    const [found] = (await told(calls(newest, "v1.2.0-eksbuild.1"))).filter(({ status }) => status === "advice");
    assert.match(found!.what, /coredns: v1\.2\.0-eksbuild\.1 is not for Kubernetes 1\.36/);
  });

  test("a renamed stack is asked about by the name that it was made under", async () => {
    const renamed = await subjectOf({ ...readTarget("prod-eks"), stack: "live" }, new Date(day));
    assert.equal(renamed.settings.stack, "live");
    assert.equal(renamed.clusterName, name);
    assert.equal((await told(calls(newest, "v1.10.0-eksbuild.1"), renamed)).length, 8);
    const whole = [subject, renamed].map(async (one) => {
      const checked = await examine(one, fakeHostOf({ ...amazon, ...calls(newest, "v1.10.0-eksbuild.1") }));
      return checked.filter(({ area }) => ["region", "quotas", "ages"].includes(area));
    });
    assert.deepEqual(await whole[1], await whole[0]);
  });
});
