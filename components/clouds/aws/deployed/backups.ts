import {
  type ManagedBackup,
  type ManagedBackups,
  type ManagedStore,
  oldestFirst,
  type StoresIn,
  serverInUse,
  stampOf,
} from "../../shared/backups";
import { askJson } from "../../shared/cloudCliError";
import type { Run } from "../../shared/deployed";
import { databaseInstanceType } from "../facts/databaseInstance";
import { replicationGroupType } from "../facts/replicationGroup";
import { awsCliWords } from "./cliWords";

/** What RDS says of a snapshot (botocore rds 2014-10-31, DBSnapshot), as far as it is read. */
interface DbSnapshot {
  readonly DBSnapshotIdentifier: string;
  readonly SnapshotType: string;
  readonly Status: string;
  /** Not there before the snapshot has begun. */
  readonly SnapshotCreateTime?: string;
  readonly FullSnapshotSizeInBytes?: number;
  /** GiB of the disk that it is of, which is all that RDS tells of older ones. */
  readonly AllocatedStorage?: number;
}

/** The same of an instance (DBInstance). */
interface DbInstance {
  readonly InstanceCreateTime?: string;
  readonly LatestRestorableTime?: string;
}

/** The same of the automated backups of an instance (DBInstanceAutomatedBackup). */
interface AutomatedBackup {
  readonly RestoreWindow?: { readonly EarliestTime?: string; readonly LatestTime?: string };
}

/** What ElastiCache says of a snapshot (botocore elasticache 2015-02-02, Snapshot), as far as it is read. */
interface CacheSnapshot {
  readonly SnapshotName: string;
  readonly SnapshotStatus: string;
  readonly SnapshotSource?: string;
  readonly NodeSnapshots?: readonly { readonly SnapshotCreateTime?: string; readonly CacheSize?: string }[];
}

const gibibyte = 2 ** 30;

/** The stores that AWS runs for a stack. The CLI follows the pages of every list by itself. */
export const storesIn: StoresIn = (state) => {
  const types = { server: databaseInstanceType, component: "switchboard:data:RdsPostgres" };
  const rds = serverInUse(state, types, { server: "address", component: "host" });
  const cache = state.find(({ type, delete: goes }) => type === replicationGroupType && !goes);
  return [...rdsStore(rds), ...cacheStore({ ...cache?.inputs, ...cache?.outputs })];
};

/** Asks a service of AWS of one of its stores, as somebody who may lack the right of that name. */
function asker(service: string, region: string, store: string) {
  return <T>(run: Run, of: string, action: string, ...args: readonly string[]) =>
    askJson<T>(run, awsCliWords, {
      what: `${of} of ${store}`,
      args: [service, ...args, "--region", region, "--output", "json"],
      right: `${service}:${action}`,
    });
}

function rdsStore({ identifier, arn }: Readonly<Record<string, unknown>> = {}): ManagedStore[] {
  const region = regionOf(arn);
  if (typeof identifier !== "string" || !region) return [];
  const what = `RDS instance ${identifier}`;
  const ask = asker("rds", region, what);
  const named = ["--db-instance-identifier", identifier];
  return [
    {
      ...{ store: "postgres", what },
      async list(run): Promise<ManagedBackups> {
        const [instances, snapshots, automated] = await Promise.all([
          ask<{ DBInstances: DbInstance[] }>(
            ...[run, "the state", "DescribeDBInstances"],
            ...["describe-db-instances", ...named],
          ),
          ask<{ DBSnapshots: DbSnapshot[] }>(
            ...[run, "the snapshots", "DescribeDBSnapshots"],
            ...["describe-db-snapshots", ...named],
          ),
          ask<{ DBInstanceAutomatedBackups: AutomatedBackup[] }>(
            ...[run, "the automated backups", "DescribeDBInstanceAutomatedBackups"],
            ...["describe-db-instance-automated-backups", ...named],
          ),
        ]);
        const [instance] = instances.DBInstances;
        const window = automated.DBInstanceAutomatedBackups[0]?.RestoreWindow;
        // The instance knows the latest time within minutes; the list of automated backups lags behind it.
        const to = instance?.LatestRestorableTime ?? window?.LatestTime;
        const backups = oldestFirst(snapshots.DBSnapshots.map((one) => rdsBackup(one)));
        const first = backups.find(({ type, state }) => type === "automated" && state === "ready");
        const from = window?.EarliestTime ? new Date(window.EarliestTime) : first?.startedAt;
        return {
          backups,
          ...(from && to && { restorable: { from, to: new Date(to) } }),
          ...(instance?.InstanceCreateTime && { madeAt: new Date(instance.InstanceCreateTime) }),
        };
      },
      async make(run, at) {
        const name = `${identifier}-${stampOf(at)}`;
        await ask(
          ...([run, "a snapshot", "CreateDBSnapshot"] as const),
          ...["create-db-snapshot", ...named, "--db-snapshot-identifier", name],
        );
        return name;
      },
    },
  ];
}

function rdsBackup(snapshot: DbSnapshot): ManagedBackup {
  const { FullSnapshotSizeInBytes, AllocatedStorage } = snapshot;
  return snapshotOf({
    name: snapshot.DBSnapshotIdentifier,
    source: snapshot.SnapshotType,
    status: snapshot.Status,
    begun: snapshot.SnapshotCreateTime,
    bytes: FullSnapshotSizeInBytes ?? (AllocatedStorage && AllocatedStorage * gibibyte),
  });
}

function cacheStore({ replicationGroupId: id, arn }: Readonly<Record<string, unknown>> = {}): ManagedStore[] {
  const region = regionOf(arn);
  if (typeof id !== "string" || !region) return [];
  const what = `ElastiCache group ${id}`;
  const ask = asker("elasticache", region, what);
  const named = ["--replication-group-id", id];
  return [
    {
      ...{ store: "redis", what },
      async list(run) {
        const { Snapshots } = await ask<{ Snapshots: CacheSnapshot[] }>(
          ...([run, "the snapshots", "DescribeSnapshots"] as const),
          ...["describe-snapshots", ...named],
        );
        return { backups: oldestFirst(Snapshots.map((one) => cacheBackup(one))) };
      },
      async make(run, at) {
        const name = `${id}-${stampOf(at)}`;
        await ask(
          ...([run, "a snapshot", "CreateSnapshot"] as const),
          ...["create-snapshot", ...named, "--snapshot-name", name],
        );
        return name;
      },
    },
  ];
}

function cacheBackup({ NodeSnapshots: [node] = [], ...snapshot }: CacheSnapshot): ManagedBackup {
  return snapshotOf({
    name: snapshot.SnapshotName,
    source: snapshot.SnapshotSource,
    status: snapshot.SnapshotStatus,
    begun: node?.SnapshotCreateTime,
    bytes: bytesOf(node?.CacheSize),
  });
}

/** What both services say of a snapshot, each in its own names. */
interface Snapshot {
  readonly name: string;
  /** `automated`, or how else it came to be. */
  readonly source: string | undefined;
  readonly status: string;
  /** Undefined before it has begun. */
  readonly begun: string | undefined;
  readonly bytes: number | undefined;
}

function snapshotOf({ name, source, status, begun, bytes }: Snapshot): ManagedBackup {
  const state = stateOf(status);
  return {
    ...{ name, type: source === "automated" ? "automated" : name.endsWith("-final") ? "final" : "manual", state },
    // One that has not begun yet is the newest there is.
    startedAt: begun ? new Date(begun) : new Date(),
    ...(bytes !== undefined && { bytes }),
    ...(state === "failed" && { why: status }),
  };
}

/** Both services call a snapshot that is whole `available`; other words are on the way there, unless they say failed. */
function stateOf(status: string): ManagedBackup["state"] {
  if (status === "available" || status === "exporting" || status === "copying") return "ready";
  return /fail|incompatible|deleting|deleted/.test(status) ? "failed" : "creating";
}

/** `22 MB` of ElastiCache in bytes; undefined for what is no size. */
function bytesOf(size: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(B|KB|MB|GB)$/.exec(size ?? "") ?? [];
  if (amount === undefined) return undefined;
  return Math.round(Number(amount) * 1024 ** ["B", "KB", "MB", "GB"].indexOf(unit!));
}

/** The region of `arn:aws:rds:eu-central-1:…`. */
function regionOf(arn: unknown): string | undefined {
  return typeof arn === "string" ? arn.split(":")[3] || undefined : undefined;
}
