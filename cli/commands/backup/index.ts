import type { BackupType } from "../../../components/data/backup/scripts";
import { UserError } from "../../../lib/userError";
import { storeOption, withBackups } from "../../cluster/backups";
import { backupJson, madeLine } from "../../cluster/backups/lines";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";

/** `switchboard backup`: a backup now. */
export const command: CommandSpec = {
  name: "backup",
  summary: "make a backup of a stack's database now",
  description:
    "Of a Postgres in the cluster it starts a Job with the pod of the scheduled backups and waits for it. Afterwards it " +
    "reads the whole repository again, and forgets what postgres.backup.keep no longer keeps. At Ctrl-C the backup is " +
    "given up, and is none. Of a server that a cloud runs it asks the cloud's CLI for a snapshot, and waits for it. At " +
    "Ctrl-C the cloud goes on. Such a snapshot stays until somebody deletes it.",
  options: [
    storeOption,
    {
      flags: "--type <type>",
      description: "everything, or what has changed since the last full backup; default: diff, and full of a cloud",
      choices: ["full", "diff"],
    },
  ],
  examples: [
    ["switchboard backup", "before something that may go wrong"],
    ["switchboard backup prod --type full --production prod", "a new beginning, after a damage of the repository"],
    ["switchboard backup prod-eks --of redis --production prod-eks", "a snapshot of ElastiCache"],
  ],
  access: "write",
  async run({ io, target, options }: Invocation) {
    const { made } = await withBackups({ io, target, options }, (source) =>
      io.step("making a backup", (report) => source.make(options.type as BackupType | undefined, report, io.signal)),
    );
    if (!made)
      throw new UserError("it has ended well and there is no backup", "switchboard backups shows what there is");
    io.result({ stack: target.stack, ...backupJson(made) }, () => [madeLine(made)]);
    return exitCodes.ok;
  },
};
