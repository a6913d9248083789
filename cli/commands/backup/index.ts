import type { BackupType } from "../../../components/data/backup/scripts";
import { UserError } from "../../../lib/userError";
import { withBackups } from "../../cluster/backups";
import { backupJson, madeLine } from "../../cluster/backups/lines";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";

/** `switchboard backup`: a backup now. */
export const command: CommandSpec = {
  name: "backup",
  summary: "make a backup of a stack's database now",
  description:
    "It starts a Job with the pod of the scheduled backups and waits for it. Afterwards it reads the whole repository " +
    "again, and forgets what postgres.backup.keep no longer keeps. At Ctrl-C the backup is given up, and is none.",
  options: [
    {
      flags: "--type <type>",
      description: "everything, or what has changed since the last full backup",
      default: "diff",
      choices: ["full", "diff"],
    },
  ],
  examples: [
    ["switchboard backup", "before something that may go wrong"],
    ["switchboard backup prod --type full --production prod", "a new beginning, after a damage of the repository"],
  ],
  access: "write",
  async run({ io, target, options }: Invocation) {
    const list = await withBackups({ io, target }, (source) =>
      io.step("making a backup", (report) => source.make(options.type as BackupType, report, io.signal)),
    );
    const made = list.backups.at(-1);
    if (!made)
      throw new UserError("the job has ended well and there is no backup", "switchboard backups shows what there is");
    io.result({ stack: target.stack, ...backupJson(made) }, () => [madeLine(made)]);
    return exitCodes.ok;
  },
};
