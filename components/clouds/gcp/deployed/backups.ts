import {
  type ManagedBackup,
  type ManagedStore,
  oldestFirst,
  type StoresIn,
  serverInUse,
  stampOf,
} from "../../shared/backups";
import { askJson, CloudCliError } from "../../shared/cloudCliError";
import type { Run } from "../../shared/deployed";
import { databaseInstanceType } from "../facts/databaseInstance";
import { redisInstanceType } from "../facts/redisInstance";
import { gcloudWords } from "./cliWords";

/** What Cloud SQL says of a backup (its v1 interface, BackupRun), as far as it is read. */
interface BackupRun {
  readonly id: string;
  readonly type?: string;
  readonly status?: string;
  readonly description?: string;
  readonly enqueuedTime?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  /** A number, as text. */
  readonly maxChargeableBytes?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** The stores that Google Cloud runs for a stack. gcloud follows the pages of every list by itself. */
export const storesIn: StoresIn = (state) => {
  const types = { server: databaseInstanceType, component: "switchboard:data:CloudSqlPostgres" };
  const sql = serverInUse(state, types, { server: "connectionName", component: "connectionName" });
  const redis = state.find(({ type, delete: goes }) => type === redisInstanceType && !goes);
  return [...sqlStore(sql), ...redisStore({ ...redis?.inputs, ...redis?.outputs })];
};

function sqlStore({ name: instance, project }: Readonly<Record<string, unknown>> = {}): ManagedStore[] {
  if (typeof instance !== "string" || typeof project !== "string") return [];
  const what = `Cloud SQL instance ${instance}`;
  const ask = <T>(run: Run, of: string, right: string, ...args: readonly string[]) =>
    askJson<T>(run, gcloudWords, {
      what: `${of} of ${what}`,
      args: ["sql", ...args, "--project", project, "--format", "json"],
      right: `cloudsql.${right}`,
    });
  const runs = async (run: Run) =>
    (await ask<BackupRun[] | null>(
      ...([run, "the backups", "backupRuns.list"] as const),
      ...["backups", "list", "--instance", instance],
    )) ?? [];
  return [
    {
      ...{ store: "postgres", what },
      async list(run) {
        const [{ createTime }, listed, recovery] = await Promise.all([
          ask<{ createTime?: string }>(
            ...([run, "the state", "instances.get"] as const),
            ...["instances", "describe", instance],
          ),
          runs(run),
          recoveryOf(run),
        ]);
        const backups = oldestFirst(listed.filter(({ status }) => !gone.includes(status ?? "")).map(backupOf));
        const to = recovery?.latestRecoveryTime;
        const from = recovery?.earliestRecoveryTime ?? backups.find(({ state }) => state === "ready")?.endedAt;
        return {
          backups,
          ...(from && to && { restorable: { from: new Date(from), to: new Date(to) } }),
          ...(createTime && { madeAt: new Date(createTime) }),
        };
      },
      async make(run, at) {
        const description = `switchboard ${stampOf(at)}`;
        const begun = await ask<{ backupContext?: { backupId?: string } } | null>(
          ...([run, "a backup", "backupRuns.create"] as const),
          ...["backups", "create", "--instance", instance, "--description", description, "--async"],
        );
        const told = begun?.backupContext?.backupId;
        if (told) return told;
        const made = (await runs(run)).find((one) => one.description === description);
        if (made) return made.id;
        const todo = "switchboard backups shows it in a minute";
        throw new CloudCliError("other", `a backup of ${what} was begun, and Google does not tell its name yet`, todo);
      },
    },
  ];

  /** Google answers with an error for an instance whose log has nothing in it yet. */
  async function recoveryOf(run: Run) {
    try {
      return await ask<{ earliestRecoveryTime?: string; latestRecoveryTime?: string } | null>(
        ...([run, "the latest time to restore", "instances.get"] as const),
        ...["instances", "get-latest-recovery-time", instance!.toString()],
      );
    } catch (error) {
      if (error instanceof CloudCliError && error.trouble === "other") return undefined;
      throw error;
    }
  }
}

/** Backups that nobody can restore any more, and whose place nobody pays for. */
const gone = ["DELETION_PENDING", "DELETION_FAILED", "DELETED", "SKIPPED"];

const types: Readonly<Record<string, ManagedBackup["type"]>> = { AUTOMATED: "automated", FINAL: "final" };

function backupOf(run: BackupRun): ManagedBackup {
  const { id, type = "", status, enqueuedTime, startTime, endTime, maxChargeableBytes, error } = run;
  const state = status === "SUCCESSFUL" ? "ready" : status === "FAILED" || status === "OVERDUE" ? "failed" : "creating";
  const began = startTime ?? enqueuedTime;
  return {
    ...{ name: id, type: types[type] ?? "manual", state },
    startedAt: began ? new Date(began) : new Date(),
    ...(endTime && { endedAt: new Date(endTime) }),
    ...(maxChargeableBytes && { bytes: Number(maxChargeableBytes) }),
    ...(state === "failed" && { why: error?.message ?? error?.code ?? status ?? "FAILED" }),
  };
}

/**
 * Memorystore for Redis keeps one snapshot, for itself: of either tier it comes back from the newest one, and nobody can
 * list it, make one or choose one (https://cloud.google.com/memorystore/docs/redis/about-rdb-snapshots).
 */
function redisStore({
  id,
  name,
  region,
  project,
  tier,
  persistenceConfig,
}: Readonly<Record<string, unknown>>): ManagedStore[] {
  // The id is `projects/<project>/locations/<region>/instances/<name>` or the name alone, the name always the short one.
  const instance = String(name ?? id ?? "")
    .split("/")
    .at(-1)!;
  if (instance === "" || typeof region !== "string" || typeof project !== "string") return [];
  const what = `Memorystore instance ${instance}`;
  const { persistenceMode, rdbSnapshotPeriod } = (persistenceConfig ?? {}) as Record<string, unknown>;
  const kept =
    persistenceMode === "RDB"
      ? `the one that Google writes (${String(rdbSnapshotPeriod)}) is only for its own restarts`
      : "redis.snapshots is OFF, so it does not even survive a restart of all its servers";
  const none = {
    why: `${what} (tier ${String(tier)}) has no backups that can be listed or made: ${kept}`,
    todo: `a copy in a bucket of yours: gcloud redis instances export gs://BUCKET/redis.rdb ${instance} --region ${region} --project ${project}`,
  };
  const refuse = () => Promise.reject(new CloudCliError("other", none.why, none.todo));
  return [{ store: "redis", what, none, list: refuse, make: refuse }];
}
