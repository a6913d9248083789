import type { ManagedBackups, ManagedStore } from "../../../components/clouds/shared/backups";
import { CloudCliError } from "../../../components/clouds/shared/cloudCliError";
import type { Run } from "../../../components/clouds/shared/deployed";
import type { Facts } from "./facts";
import type { Problem } from "./verdict";

/** What is known of the backups of a store that the cloud runs. */
export interface ManagedBackupFacts {
  readonly store: ManagedStore["store"];
  /** `RDS instance postgres-1a2b3c4d` */
  readonly what: string;
  /** Undefined where nobody could be asked, or there is no such store. */
  readonly list?: ManagedBackups;
  /** Why nothing is known, or can be. */
  readonly unknown?: string;
  /** The cloud does not know the store. */
  readonly absent?: string;
}

/** The clouds make one a day; two that are missing are told of, and an hour is left for it to be made. */
const lateAfter = (2 * 24 + 1) * 3_600_000;

/** RDS and Cloud SQL bring the log away every five minutes or more often; after an hour it is not late but stuck. */
const logLateAfter = 3_600_000;

/** Asks the cloud for the backups of every store that it runs. */
export function readManagedBackups(stores: readonly ManagedStore[], run: Run): Promise<ManagedBackupFacts[]> {
  return Promise.all(
    stores.map(async (managed): Promise<ManagedBackupFacts> => {
      const { store, what, none } = managed;
      if (none) return { store, what, unknown: "the cloud has none that can be listed" };
      try {
        return { store, what, list: await managed.list(run) };
      } catch (error) {
        if (!(error instanceof CloudCliError)) throw error;
        return error.trouble === "not found"
          ? { store, what, absent: error.message }
          : { store, what, unknown: error.message };
      }
    }),
  );
}

const newestOf = (list: ManagedBackups) => list.backups.filter(({ state }) => state === "ready").at(-1);

/** Backups that are late or failed, a log that stays behind, and stores that are not there. */
export function managedBackupProblems({ at, managedBackups = [] }: Pick<Facts, "at" | "managedBackups">): Problem[] {
  const now = Date.parse(at);
  return managedBackups.flatMap(({ store, absent, list }) => {
    const problem = (what: string): Problem => ({ severity: "degraded", subject: `backups of ${store}`, what });
    if (absent) return [problem(absent)];
    if (!list) return [];
    const newest = newestOf(list);
    const since = newest?.startedAt ?? list.madeAt;
    const last = list.backups.at(-1);
    return [
      ...(since && now - since.getTime() > lateAfter
        ? [
            problem(
              newest
                ? `the newest is of ${newest.startedAt.toISOString()}, and two more were due`
                : "there is none, and two were due",
            ),
          ]
        : []),
      ...(last?.state === "failed"
        ? [problem(`${last.name} failed (${last.why ?? "the cloud does not say why"})`)]
        : []),
      ...(list.restorable && now - list.restorable.to.getTime() > logLateAfter
        ? [problem(`a restore can only go up to ${list.restorable.to.toISOString()}: the log stays behind`)]
        : []),
    ];
  });
}

/** The rows for a person. */
export function managedBackupRows(
  { managedBackups = [] }: Pick<Facts, "managedBackups">,
  ago: (time: string) => string,
): string[][] {
  return managedBackups.map(({ store, list, unknown, absent }) => {
    const subject = `backups of ${store}`;
    if (!list) return [subject, absent ? "missing" : "not known", unknown ?? absent ?? ""];
    const newest = newestOf(list);
    const making = list.backups.some(({ state }) => state === "creating") ? "; one is being made" : "";
    const { restorable } = list;
    const range = restorable
      ? `any second from ${ago(restorable.from.toISOString())} to ${ago(restorable.to.toISOString())}`
      : "";
    return [subject, newest ? `newest ${ago(newest.startedAt.toISOString())}${making}` : `none yet${making}`, range];
  });
}

/** The same for a script: the newest backup, and how far back one can go. */
export function managedBackupsJson({ managedBackups = [] }: Pick<Facts, "managedBackups">): object[] {
  return managedBackups.map(({ store, what, list, unknown, absent }) => ({
    ...{ store, what, newest: (list && newestOf(list)) ?? null, restorable: list?.restorable ?? null },
    ...{ reason: unknown ?? absent ?? null },
  }));
}
