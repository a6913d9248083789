import { storeOption, withBackups } from "../../cluster/backups";
import { backupLines, backupsJson } from "../../cluster/backups/lines";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";

/** `switchboard backups`: what there is to restore from. */
export const command: CommandSpec = {
  name: "backups",
  summary: "list the backups of a stack's database, and how far back a restore can go",
  description:
    "Of a Postgres in the cluster it starts a pod with the keys of the repository, which reads it and goes away. So it " +
    "also works while the database is down. It shows each backup with its type, its end and its sizes. It also shows when " +
    "the backup was read again as a whole, and how its last drill ended. Of a server that a cloud runs it asks the " +
    "cloud's CLI, and shows type, begin, size and state. With --json it prints backups and restorable, and of for such " +
    "a server; what is not known is null.",
  options: [storeOption],
  examples: [
    ["switchboard backups", "what there is of the development stack"],
    ["switchboard backups prod --production prod", "the same of production"],
    ["switchboard backups prod-eks --of redis --production prod-eks", "the snapshots of ElastiCache"],
    ["switchboard backups --json | jq -r '.restorable.to'", "up to when the log is in the archive"],
  ],
  access: "write",
  async run({ io, target, options }: Invocation) {
    const list = await withBackups({ io, target, options }, (source) =>
      io.step("looking for backups", () => source.list(io.signal)),
    );
    io.result({ stack: target.stack, ...backupsJson(list) }, () => backupLines(list));
    return list.backups.length > 0 ? exitCodes.ok : exitCodes.no;
  },
};
