import assert from "node:assert/strict";
import { before, test } from "node:test";
import { googleCloud } from "../../../../components/clouds/gcp/dataNetwork";
import { CloudSqlPostgres, versionProblem } from "../../../../components/clouds/gcp/postgres";
import { cloudSqlPostgres } from "../../../../components/clouds/gcp/settings/postgres";
import { record } from "../../../../engine/record/recorder";
import { cloudConfig } from "../../../support/config";
import { googlePlace } from "../../../support/googlePlace";
import { type Plan, plan, secretKey } from "../../../support/plan";
import { sample } from "../../../support/samples/cloudSql";
import { context } from "../../settings/stack";

const instanceType = "gcp:sql/databaseInstance:DatabaseInstance";

let direct: Plan;
let unknown: Plan;
let proxied: Plan;
before(async () => {
  direct = await plan(cloudConfig("gke"), { preview: false });
  unknown = await plan(cloudConfig("gke"), { preview: true });
  proxied = await plan(cloudConfig("gke", { postgres: { connection: "authProxy" } }), { preview: false });
});

const instanceOf = (planned: Plan) => planned.named(instanceType, "postgres-instance");
const settingsOf = (planned: Plan) => instanceOf(planned).inputs.settings;
const flagsOf = (planned: Plan): Record<string, string> =>
  Object.fromEntries(
    settingsOf(planned).databaseFlags.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
const rolesJob = (planned: Plan) =>
  planned.of("kubernetes:batch/v1:Job").find(({ name }) => /^postgres-roles-/.test(name))!;
for (const when of ["direct", "unknown", "proxied"] as const) {
  const planned = () => ({ direct, unknown, proxied })[when];
  test(`CIS Google Cloud 6.5 and 6.6, CKV_GCP_11, CKV_GCP_60: no public address and no network is let in (${when})`, () => {
    const { ipConfiguration, dataApiAccess } = settingsOf(planned());
    assert.equal(ipConfiguration.ipv4Enabled, false);
    assert.equal(ipConfiguration.authorizedNetworks, undefined);
    assert.equal(ipConfiguration.privateNetwork, when === "unknown" ? "[unknown]" : ipConfiguration.privateNetwork);
    assert.ok(ipConfiguration.privateNetwork && ipConfiguration.allocatedIpRange);
    assert.equal(dataApiAccess, undefined);
  });

  test(`CIS Google Cloud 6.4, CKV_GCP_6: TLS for every connection (${when})`, () => {
    const { sslMode } = settingsOf(planned()).ipConfiguration;
    assert.equal(sslMode, when === "proxied" ? "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" : "ENCRYPTED_ONLY");
  });
}

test("CIS Google Cloud 6.2.1 to 6.2.8, CKV_GCP_51 to 57, 109 to 111: logs of connections, changes, waits and errors", () => {
  const expected = {
    "cloudsql.enable_pgaudit": "on",
    log_checkpoints: "on",
    log_connections: "on",
    log_disconnections: "on",
    log_error_verbosity: "terse",
    log_lock_waits: "on",
    log_min_duration_statement: "-1",
    log_min_error_statement: "error",
    log_min_messages: "warning",
    log_statement: "ddl",
    log_temp_files: "0",
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(flagsOf(direct)[name], value, name);
});

test("CIS Google Cloud 6.7, CKV_GCP_14: daily backups, every second of a week, and backups that outlive the server", () => {
  const { backupConfiguration, finalBackupConfig, retainBackupsOnDelete } = settingsOf(direct);
  assert.deepEqual(backupConfiguration, {
    enabled: true,
    startTime: "01:00",
    pointInTimeRecoveryEnabled: true,
    transactionLogRetentionDays: 7,
    backupRetentionSettings: { retainedBackups: 14, retentionUnit: "COUNT" },
  });
  assert.deepEqual(finalBackupConfig, { enabled: true, retentionDays: 30 });
  assert.equal(retainBackupsOnDelete, true);
});

test("all three guards against deletion follow operations.protect and operations.unprotected", async () => {
  const guards = async (protect: boolean, ...unprotected: string[]) => {
    const program = async () => {
      const { place, inside } = googlePlace({ protect, unprotected });
      new CloudSqlPostgres(
        "postgres",
        { settings: cloudSqlPostgres(context).parse(sample()), place, roles: ["panel", "chat"] },
        inside,
      );
      return {};
    };
    const planned = await record(program, { project: "switchboard", stack: "test", config: {}, preview: false });
    const { protect: here, inputs } = instanceOf(planned);
    assert.equal(inputs.settings.finalBackupConfig.enabled, true, "it is for the very case that the guards are lifted");
    return [here, inputs.deletionProtection, inputs.settings.deletionProtectionEnabled];
  };
  assert.deepEqual(await guards(true), [true, true, true]);
  assert.deepEqual(await guards(true, "postgres-instance"), [false, false, false]);
  assert.deepEqual(await guards(false), [false, false, false]);
});

test("by default a standby in another zone takes over", () => {
  assert.equal(settingsOf(direct).availabilityType, "REGIONAL");
});

test("the disk grows by itself to its limit, and what it has grown to is not fought over", () => {
  const { diskAutoresize, diskAutoresizeLimit, diskSize } = settingsOf(direct);
  assert.deepEqual([diskAutoresize, diskAutoresizeLimit, diskSize], [true, 100, 20]);
  assert.deepEqual(instanceOf(direct).ignoreChanges, ["settings.diskSize", "clone", "restoreBackupContext"]);
});

test("the settings reach the server", async () => {
  const planned = await plan(
    cloudConfig("gke", {
      postgres: {
        version: "18",
        edition: "ENTERPRISE_PLUS",
        tier: "db-perf-optimized-N-4",
        highAvailability: false,
        maxConnections: 250,
        parameters: { work_mem: 8192, log_connections: false, "cloudsql.enable_pg_cron": true },
        maintenance: { day: "tuesday", hour: 22, track: "week5" },
        backups: { transactionLogDays: 35, retained: 60, finalDays: 0 },
      },
    }),
    { preview: false },
  );
  const { edition, tier, availabilityType, maintenanceWindow, backupConfiguration } = settingsOf(planned);
  assert.deepEqual([edition, tier, availabilityType], ["ENTERPRISE_PLUS", "db-perf-optimized-N-4", "ZONAL"]);
  assert.deepEqual(maintenanceWindow, { day: 2, hour: 22, updateTrack: "week5" });
  assert.equal(backupConfiguration.transactionLogRetentionDays, 35);
  assert.deepEqual(settingsOf(planned).finalBackupConfig, { enabled: false });
  assert.equal(settingsOf(planned).retainBackupsOnDelete, false);
  assert.equal(instanceOf(planned).inputs.databaseVersion, "POSTGRES_18");
  const flags = flagsOf(planned);
  assert.deepEqual(
    [flags.max_connections, flags.work_mem, flags.log_connections, flags["cloudsql.enable_pg_cron"]],
    ["250", "8192", "off", "on"],
  );
});

test("it carries the stack's labels, which the provider does not put on Cloud SQL", () => {
  assert.deepEqual(settingsOf(direct).userLabels, { "part-of": "switchboard", "managed-by": "pulumi", stage: "test" });
});

test("the order is: way into the network, instance, administrator, roles; and the other way round when it goes", () => {
  const connection = direct.of("gcp:servicenetworking/connection:Connection")[0]!;
  const user = direct.named("gcp:sql/user:User", "postgres-administrator-user");
  assert.ok(instanceOf(direct).dependencies.includes(connection.urn));
  assert.ok(user.dependencies.includes(instanceOf(direct).urn));
  assert.ok(rolesJob(direct).dependencies.includes(user.urn));
  const grant = proxied.named("gcp:projects/iAMMember:IAMMember", "postgres-proxy-access");
  const addresses = proxied.named("gcp:dns/recordSet:RecordSet", "postgres-proxy-addresses");
  for (const needed of [grant, addresses]) assert.ok(rolesJob(proxied).dependencies.includes(needed.urn), needed.name);
});

test("what is in the cloud does not die with the namespace, and what is in the namespace does", () => {
  const namespace = direct.of("kubernetes:core/v1:Namespace")[0]!;
  for (const planned of [direct, proxied]) {
    const own = planned.registrations.filter(({ name }) => /^postgres(-|$)/.test(name));
    assert.ok(own.length > 15);
    for (const { type, name, deletedWith } of own) {
      if (/^(gcp|random):|CloudSql/.test(type)) assert.equal(deletedWith, "", `${type} ${name}`);
      else assert.equal(deletedWith, namespace.urn, `${type} ${name}`);
    }
  }
});

test("everything of it in the cloud is made by the cluster's provider", () => {
  const [provider] = direct.of("pulumi:providers:gcp");
  for (const planned of [direct, proxied]) {
    for (const { type, name, provider: used } of planned.registrations) {
      if (type.startsWith("gcp:")) assert.ok(used.startsWith(`${provider!.urn}::`), `${type} ${name}: ${used}`);
    }
  }
});

test("passwords and the authority are in Secrets of the same names as in the cluster, and nowhere in clear", () => {
  const secrets = direct.of("kubernetes:core/v1:Secret").map(({ name }) => name);
  for (const name of ["postgres-panel", "postgres-chat", "postgres-administrator", "postgres-authority"]) {
    assert.ok(secrets.includes(`${name}-secret`) && secrets.includes(`${name}-current`), name);
  }
  for (const planned of [direct, proxied]) {
    for (const { type, name, inputs } of planned.registrations) {
      assert.deepEqual(inClear(inputs), [], `${type} ${name}`);
    }
    assert.deepEqual(inClear(planned.outputs), []);
  }
  const { inputs } = direct.named("gcp:sql/user:User", "postgres-administrator-user");
  assert.ok(inputs.passwordWo[secretKey]);
  assert.equal(inputs.password, undefined);
});

/** Secret texts that are not marked as secret. */
function inClear(value: unknown): string[] {
  if (typeof value === "string") return /generated-password|00000000-0000-4000|PRIVATE KEY/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null || secretKey in value) return [];
  return Object.values(value).flatMap(inClear);
}

test("a generation renews the passwords of the apps and of the administrator", async () => {
  const next = await plan(cloudConfig("gke", { postgres: { passwordGeneration: 2 } }), { preview: false });
  const version = (planned: Plan) => planned.of("gcp:sql/user:User")[0]!.inputs.passwordWoVersion;
  assert.deepEqual([version(direct), version(next)], [1, 2]);
  for (const owner of ["administrator", "panel", "chat"]) {
    const { keepers } = next.named(
      "random:index/randomPassword:RandomPassword",
      `postgres-${owner}-password-g2`,
    ).inputs;
    assert.deepEqual(keepers, { generation: "2" });
  }
  assert.notEqual(rolesJob(next).inputs.metadata.name, rolesJob(direct).inputs.metadata.name);
});

test("another major version is refused before anything is touched, with what to do", () => {
  assert.deepEqual(instanceOf(direct).hooks, ["postgres-instance-guard"]);
  assert.equal(versionProblem("POSTGRES_17", "POSTGRES_17"), undefined);
  assert.equal(versionProblem(undefined, "POSTGRES_17"), undefined);
  assert.match(
    versionProblem("POSTGRES_16", "POSTGRES_17")!,
    /^postgres\.version: 17 in the place of 16 would stop the server.*set it back to "16", or try the upgrade on a clone.*POSTGRES_17/,
  );
  assert.match(versionProblem("POSTGRES_17", "POSTGRES_16")!, /^postgres\.version: 16 is older than the 17 that runs/);
});

test("without a cluster on Google Cloud it says what it needs", () => {
  assert.throws(
    () => googleCloud({ cloud: undefined }, "postgres.kind", "cloudSql"),
    /^Error: postgres\.kind: "cloudSql" stands in the network of a GKE cluster; set cluster\.kind to gke, or use inCluster$/,
  );
});
