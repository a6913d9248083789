import { setTimeout as sleep } from "node:timers/promises";
import type { ManagedStore } from "../../../components/clouds/shared/backups";
import { CloudCliError } from "../../../components/clouds/shared/cloudCliError";
import type { Run } from "../../../components/clouds/shared/deployed";
import type { BackupType } from "../../../components/data/backup/scripts";
import { UserError } from "../../../lib/userError";
import type { Backup, BackupList, BackupSource, Made } from "./source";

/** How long is waited for what was begun. */
export interface Patience {
  /** Milliseconds between two looks: clouds let everybody in an account ask only so often. */
  readonly betweenLooks: number;
  /** Looks until one that was begun must be in the list. */
  readonly looksUntilSeen: number;
}

const usual: Patience = { betweenLooks: 15_000, looksUntilSeen: 20 };

/** The backups that a cloud makes of a store it runs, asked for with the cloud's own CLI. */
export class ManagedBackups implements BackupSource {
  constructor(
    private readonly managed: ManagedStore,
    private readonly run: Run,
    private readonly patience: Patience = usual,
  ) {}

  async list(): Promise<BackupList> {
    this.refuseWithout();
    const { backups, restorable } = await this.managed.list(this.run);
    return { of: this.managed.what, backups, ...(restorable && { restorable }) };
  }

  async make(type: BackupType | undefined, report: (line: string) => void, signal: AbortSignal): Promise<Made> {
    this.refuseWithout();
    const { what } = this.managed;
    if (type === "diff")
      throw new UserError(`--type diff: a backup of ${what} has everything in it`, "leave --type out, or give full");
    const name = await this.managed.make(this.run, new Date());
    report(`${name} is being made`);
    try {
      return await this.ended(name, report, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new UserError(`${name} is not waited for any more, and the cloud goes on`, "switchboard backups shows it");
    }
  }

  /** Looks until it is ready. */
  private async ended(name: string, report: (line: string) => void, signal: AbortSignal): Promise<Made> {
    let seen = false;
    for (let look = 1; ; look += 1) {
      const list = await this.listUnlessBusy();
      const made: Backup | undefined = list?.backups.find((backup) => backup.name === name);
      if (list && made?.state === "ready") return { made, list };
      if (made?.state === "failed")
        throw new UserError(`${name} failed: ${made.why ?? "the cloud does not say why"}`, "run it again");
      if (list && !made && (seen || look >= this.patience.looksUntilSeen))
        throw new UserError(
          seen ? `${name} was taken away while it was made` : `${name} was begun and is not in the list`,
          "switchboard backups shows what there is",
        );
      seen ||= made !== undefined;
      report(list ? `${name} is being made` : "the cloud was asked too often; it is asked again");
      await sleep(this.patience.betweenLooks, undefined, { signal });
    }
  }

  /** Undefined where the cloud was asked too often or gave no answer: what was begun goes on meanwhile. */
  private async listUnlessBusy(): Promise<BackupList | undefined> {
    try {
      return await this.list();
    } catch (error) {
      if (error instanceof CloudCliError && (error.trouble === "throttled" || error.trouble === "silent"))
        return undefined;
      throw error;
    }
  }

  private refuseWithout(): void {
    const { none } = this.managed;
    if (none) throw new UserError(none.why, none.todo);
  }
}
