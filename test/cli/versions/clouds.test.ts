import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Subject, subjectOf } from "../../../cli/doctor/subject";
import { endsOf, versionsOf } from "../../../cli/versions";
import type { VersionRow } from "../../../cli/versions/judge";
import { addonNames } from "../../../components/clouds/aws/settings/cluster";
import type { RunningServers } from "../../../components/clouds/shared/versions";
import { readTarget } from "../../../engine/stack/target";
import { type Calls, fakeHostOf, notInstalled, printed, refused } from "../doctor/fakeHosts";

const subjects = new Map<string, Subject>();
before(async () => {
  for (const stack of ["dev", "prod", "prod-eks"]) subjects.set(stack, await subjectOf(readTarget(stack), new Date()));
});

async function rowsOf(stack: string, calls: Calls, servers: RunningServers = {}): Promise<VersionRow[]> {
  return versionsOf(subjects.get(stack)!, {
    ...{ world: fakeHostOf(calls), servers, charts: [], local: false },
    tagsOf: async () => [],
  });
}
const named = (rows: readonly VersionRow[], what: string) => {
  const found = rows.find((row) => row.what === what);
  assert.ok(found, `${what} is none of ${rows.map((row) => row.what).join(", ")}`);
  return found;
};

const region = "--region eu-west-1 --output json";
const eks = "switchboard-prod-eks";
const amazon = (name: string): Calls => ({
  [`aws eks list-clusters ${region}`]: printed({ clusters: [name] }),
  [`aws eks describe-cluster --name ${name} ${region}`]: printed({ cluster: { version: "1.35" } }),
  [`aws eks describe-cluster-versions ${region}`]: printed({
    clusterVersions: [
      { clusterVersion: "1.36", endOfStandardSupportDate: "2027-08-02T00:00:00+00:00" },
      {
        ...{ clusterVersion: "1.35", endOfStandardSupportDate: "2027-03-28T00:00:00+00:00" },
        endOfExtendedSupportDate: "2028-03-28T00:00:00+00:00",
      },
    ],
  }),
  [`aws eks list-nodegroups --cluster-name ${name} ${region}`]: printed({ nodegroups: ["cluster-pools-apps-0a1b2c3"] }),
  [`aws eks describe-nodegroup --cluster-name ${name} --nodegroup-name cluster-pools-apps-0a1b2c3 ${region}`]: printed({
    nodegroup: { version: "1.35", releaseVersion: "1.35.0-20261001" },
  }),
  [`aws ssm get-parameter --name /aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version ${region}`]:
    printed({ Parameter: { Value: "1.35.2-20261115" } }),
  ...Object.fromEntries(
    addonNames.flatMap((addon) => [
      [
        `aws eks describe-addon --cluster-name ${name} --addon-name ${addon} ${region}`,
        printed({ addon: { addonVersion: "v1.9.0-eksbuild.1" } }),
      ],
      [
        `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name ${addon} --query addons[].addonVersions[].addonVersion ${region}`,
        printed(["v1.9.0-eksbuild.1", "v1.10.0-eksbuild.1"]),
      ],
    ]),
  ),
  [`aws rds describe-db-engine-versions --engine postgres ${region}`]: printed({
    DBEngineVersions: [
      { EngineVersion: "16.9" },
      {
        EngineVersion: "17.6",
        ValidUpgradeTarget: [
          { EngineVersion: "17.7", IsMajorVersionUpgrade: false },
          { EngineVersion: "18.1", IsMajorVersionUpgrade: true },
        ],
      },
      { EngineVersion: "17.7", ValidUpgradeTarget: [{ EngineVersion: "18.1", IsMajorVersionUpgrade: true }] },
      { EngineVersion: "18.1" },
    ],
  }),
  [`aws rds describe-db-major-engine-versions --engine postgres ${region}`]: printed({
    DBMajorEngineVersions: [
      {
        MajorEngineVersion: "17",
        SupportedEngineLifecycles: [
          {
            ...{ LifecycleSupportName: "open-source-rds-standard-support" },
            LifecycleSupportEndDate: "2030-03-01T00:00:00+00:00",
          },
          {
            ...{ LifecycleSupportName: "open-source-rds-extended-support" },
            LifecycleSupportEndDate: "2033-03-01T00:00:00+00:00",
          },
        ],
      },
    ],
  }),
  [`aws elasticache describe-cache-engine-versions --engine valkey ${region}`]: printed({
    CacheEngineVersions: [{ EngineVersion: "8.0" }, { EngineVersion: "8.1" }, { EngineVersion: "9.0" }],
  }),
});

describe("AWS", () => {
  const name = () => subjects.get("prod-eks")!.clusterName;

  test("what runs, what AWS offers, and its dates", async () => {
    const rows = await rowsOf("prod-eks", amazon(name()), { postgres: { name: "postgres-1a2b", version: "17.6" } });
    const control = named(rows, "Kubernetes on EKS");
    assert.deepEqual([control.now, control.next, control.sources], ["1.35", "1.36", ["AWS"]]);
    assert.deepEqual(control.support, { until: "2027-03-28", extended: "2028-03-28" });
    const pool = named(rows, "node pool apps");
    assert.deepEqual([pool.now, pool.newest], ["1.35.0-20261001", "1.35.2-20261115"]);
    assert.equal(pool.setting, "cluster.pools.apps.upgrade.release");
    assert.equal(rows.filter(({ what }) => what.startsWith("add-on ")).length, addonNames.length);
    assert.equal(named(rows, "add-on coredns").newest, "v1.10.0-eksbuild.1");
    const rds = named(rows, "Postgres on RDS");
    assert.deepEqual([rds.now, rds.newest, rds.next, rds.sources], ["17.6", "17.7", "18", ["AWS"]]);
    assert.deepEqual(rds.support, { until: "2030-03-01", extended: "2033-03-01" });
    const cache = named(rows, "Valkey on ElastiCache");
    assert.deepEqual([cache.now, cache.next, cache.sources], ["8.1", "9.0", ["AWS", "table of 2026-04-29"]]);
    assert.deepEqual(
      rows.flatMap(({ what, notes }) => (/EKS|RDS|Elasti|pool|add-on/.test(what) ? notes : [])),
      [],
    );
  });

  for (const [why, answer, note] of [
    ["the CLI is not there", notInstalled, /aws is not installed; install the AWS CLI/],
    ["nobody is logged in", refused("Unable to locate credentials."), /Unable to locate credentials.*aws sso login/],
    ["there is no answer in time", refused("no answer within 60 s"), /no answer within 60 s; look yourself: aws /],
    ["the answer is no JSON", printed("<html>"), /did not print JSON/],
  ] as const)
    test(`the tables count where ${why}`, async () => {
      const calls = Object.fromEntries(Object.keys(amazon(name())).map((key) => [key, answer]));
      const rows = await rowsOf("prod-eks", calls);
      const control = named(rows, "Kubernetes on EKS");
      assert.deepEqual([control.now, control.sources], ["1.36", ["table of 2026-11-29"]]);
      assert.deepEqual(control.support, { until: "2027-08-02", extended: "2028-08-02" });
      const rds = named(rows, "Postgres on RDS");
      assert.deepEqual([rds.now, rds.sources, rds.state], ["17", [], "unknown"]);
      for (const what of ["Kubernetes on EKS", "Postgres on RDS", "Valkey on ElastiCache"])
        assert.ok(
          named(rows, what).notes.some((told) => note.test(told)),
          `${what}: ${named(rows, what).notes}`,
        );
    });

  test("answers without what was asked for break nothing", async () => {
    for (const answer of [printed({}), printed(null), printed([])]) {
      const calls = Object.fromEntries(Object.keys(amazon(name())).map((key) => [key, answer]));
      assert.equal(named(await rowsOf("prod-eks", calls), "Kubernetes on EKS").now, "1.36");
    }
  });
  test("the name of the cluster is the stack's", () => assert.equal(name(), eks));
});

describe("Google Cloud", () => {
  const inProject = "--project switchboard-prod --format json";
  const google = (name: string): Calls => ({
    [`gcloud container get-server-config --region europe-west1 ${inProject}`]: printed({
      channels: [
        { channel: "RAPID", defaultVersion: "1.37.1-gke.1", validVersions: ["1.37.1-gke.1"] },
        {
          ...{ channel: "REGULAR", defaultVersion: "1.35.8-gke.1225000" },
          validVersions: ["1.36.2-gke.9", "1.35.8-gke.1225000", "1.34.9-gke.1"],
        },
      ],
    }),
    [`gcloud container clusters describe ${name} --location europe-west1 ${inProject}`]: printed({
      currentMasterVersion: "1.35.3-gke.1389002",
      nodePools: [
        { name: "apps", version: "1.34.4-gke.1047000" },
        { name: "system", version: "1.35.3-gke.1389002" },
      ],
    }),
    [`gcloud sql instances describe postgres-1a2b ${inProject}`]: printed({
      ...{ databaseInstalledVersion: "POSTGRES_17_6", maintenanceVersion: "POSTGRES_17_6.R20260901.00_00" },
      upgradableDatabaseVersions: [{ name: "POSTGRES_18", majorVersion: "POSTGRES_18" }],
      availableMaintenanceVersions: ["POSTGRES_17_6.R20261101.00_00"],
    }),
  });
  const name = () => subjects.get("prod")!.clusterName;
  const servers = { postgres: { name: "postgres-1a2b", version: "17" }, redis: { name: "redis", version: "7.0" } };

  test("what runs, what the channel and the instance offer", async () => {
    const rows = await rowsOf("prod", google(name()), servers);
    const control = named(rows, "Kubernetes on GKE");
    assert.deepEqual([control.now, control.newest, control.next], ["1.35.3-gke.1389002", "1.35.8-gke.1225000", "1.36"]);
    assert.deepEqual(
      [control.sources, control.support?.until],
      [["Google Cloud", "table of 2026-11-29"], "2027-04-11"],
    );
    const pool = named(rows, "node pool apps");
    assert.deepEqual([pool.newest, pool.next, pool.state], ["1.34.9-gke.1", "1.35", "over"]);
    assert.equal(named(rows, "node pool system").next, undefined);
    const sql = named(rows, "Postgres on Cloud SQL");
    assert.deepEqual([sql.now, sql.next, sql.state], ["17.6", "18", "unknown"]);
    assert.match(sql.notes[0]!, /the table is from 2025-08-19; a newer release of this program knows more/);
    assert.match(sql.notes[1]!, /maintenance POSTGRES_17_6\.R20261101\.00_00 waits for the window; .*R20260901/);
    const redis = named(rows, "Redis on Memorystore");
    assert.deepEqual([redis.now, redis.next, redis.until], ["7.0", "7.2", "no end announced"]);
  });

  test("without a cluster the channel's version for new ones counts, and that is no failure", async () => {
    const calls = google(name());
    const key = Object.keys(calls).find((one) => one.includes("clusters describe"))!;
    const rows = await rowsOf("prod", {
      ...calls,
      [key]: refused("ERROR: ResponseError: code=404, message=Not found"),
    });
    assert.equal(named(rows, "Kubernetes on GKE").now, "1.35.8-gke.1225000");
    assert.deepEqual(named(rows, "Kubernetes on GKE").notes, []);
  });

  test("without gcloud nobody knows the version of a channel; settings name those of the stores", async () => {
    const calls = Object.fromEntries(Object.keys(google(name())).map((key) => [key, notInstalled]));
    const rows = await rowsOf("prod", calls, servers);
    const control = named(rows, "Kubernetes on GKE");
    assert.deepEqual([control.now, control.state], [undefined, "unknown"]);
    assert.match(control.notes.join(), /gcloud is not installed; install the Google Cloud CLI/);
    assert.equal(named(rows, "Postgres on Cloud SQL").now, "17");
  });
});

describe("the one line of others", () => {
  const on = (day: string, stack = "dev") => endsOf(subjects.get(stack)!, new Date(`${day}T12:00:00Z`));
  test("is silent while everything has time", async () => {
    for (const stack of ["dev", "prod", "prod-eks"]) assert.equal(await on("2026-12-01", stack), undefined, stack);
  });
  test("comes 90 days before an end", async () => {
    assert.equal(await on("2027-01-29"), undefined);
    assert.match((await on("2027-02-05")) ?? "", /^1 version is within 90 days .*Node\.js \(image\) 22: 2027-04-30/);
  });
  test("comes for the control plane, and can be left out", async () => {
    const day = new Date("2027-05-10T12:00:00Z");
    assert.match((await endsOf(subjects.get("prod-eks")!, day)) ?? "", /Kubernetes on EKS 1\.36: 2027-08-02/);
    assert.doesNotMatch((await endsOf(subjects.get("prod-eks")!, day, /^Kubernetes/)) ?? "", /Kubernetes/);
  });
});
