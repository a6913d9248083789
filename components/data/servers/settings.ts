import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import type { SettingsOf } from "../../schema/sealed";
import { image } from "../../schema/values/image";
import { restoreFields } from "../backup/settings";
import { sameNumber, serverNumber } from "./number";

/** Which server the apps use. */
export const server = serverNumber()
  .prefault(1)
  .describe(
    "number of the server that the apps use. `switchboard switch` changes it; it is never raised for another reason",
  );

const copyFields = z.strictObject({
  from: serverNumber().describe("number of the server whose databases are copied"),
});

/** What the server that the apps use was filled with. */
export const copy = copyFields
  .optional()
  .describe(
    "what `server` is filled with before the apps use it: the server `from` takes no more connections, is copied by pg_dump and compared. It is done once; default: no copy",
  );

/** Another server beside the one that the apps use. */
export const beside = (context: SettingsContext) =>
  z
    .strictObject({
      server: serverNumber().describe("its number"),
      image: image(context, "its image; default: the same").optional(),
      restore: z
        .strictObject(restoreFields)
        .optional()
        .describe(
          "fills it from the backups: with all there is (`{}`), a backup, or up to a second; default: no restore",
        ),
      copy: copyFields
        .optional()
        .describe(
          "rehearses the copy of the server that the apps use, also to another major version; default: no copy",
        ),
    })
    .superRefine(({ restore, copy }, issues) => {
      if (restore && copy)
        issues.addIssue({ code: "custom", message: "has both restore and copy; give the one that is meant" });
    })
    .optional()
    .describe(
      "a second server: one that is filled to be compared and used later, or, without `restore` and `copy`, one that was used before. That one is stopped, and its volume kept; default: none",
    );

export type BesideSettings = NonNullable<SettingsOf<typeof beside>>;

interface Servers {
  readonly server: number;
  readonly copy?: { readonly from: number } | undefined;
  readonly beside?: BesideSettings | undefined;
  readonly backup?: object | undefined;
}

/** What the numbers say that cannot be, by the path below `postgres`. */
export function serversProblems({ server, copy, beside, backup }: Servers): { path: string[]; message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
  const problem = (path: string, message: string) => problems.push({ path: path.split("."), message });
  const same = sameNumber(server, beside);
  if (same) problem("beside.server", same);
  if (copy && copy.from !== beside?.server)
    problem(
      "copy.from",
      `is ${copy.from}, and postgres.beside has ${beside ? `server ${beside.server}` : "no server"}; keep the server that is copied in postgres.beside, or remove postgres.copy when it is done`,
    );
  if (beside?.copy && beside.copy.from !== server)
    problem("beside.copy.from", `is ${beside.copy.from}; a rehearsal copies the server that the apps use: ${server}`);
  if (beside?.restore && !backup)
    problem("beside.restore", "needs the backups that it restores; give postgres.backup, or use beside.copy");
  return problems;
}
