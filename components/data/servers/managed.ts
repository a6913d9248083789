import { z } from "zod";
import { type RestoreForm, restoreFieldsOf } from "../backup/restoreSettings";
import { sameNumber, serverNumber } from "./number";

/** A server of a stack, by its number, and what it is filled with when it is made. */
export interface NumberedServer {
  readonly number: number;
  readonly restore?: { readonly backup?: string | undefined; readonly time?: string | undefined } | undefined;
}

/** Which of a stack's servers the apps use. */
export const serverInUse = () =>
  serverNumber()
    .prefault(1)
    .describe("number of the server that the apps use; another number is another server, with its own name");

/** A managed server takes one way back: the cloud finds the backup before a second by itself. */
const restore = (form: RestoreForm) =>
  z
    .strictObject(restoreFieldsOf(form))
    .superRefine(({ backup, time }, issues) => {
      if (backup === undefined || time === undefined) return;
      const message = "has both backup and time; give one: for a time the cloud finds the backup by itself";
      issues.addIssue({ code: "custom", message });
    })
    .optional()
    .describe(
      "what the server is filled with when it is made; a server that is there stays as it is. `{}` is all that the server in use has; default: empty",
    );

/** Another server of a stack, which the apps do not use. */
export const besideServer = (form: RestoreForm) =>
  z
    .strictObject({
      server: serverNumber().describe("its number; not the one that the apps use"),
      restore: restore(form),
    })
    .optional()
    .describe("another server that is made or kept beside the one in use; default: none, and any other one goes");

/** What is wrong with the two numbers, as an issue of `beside`. */
export function refuseSameServer(
  { server, beside }: { readonly server: number; readonly beside?: { readonly server: number } | undefined },
  issues: z.RefinementCtx,
): void {
  const message = sameNumber(server, beside);
  if (message) issues.addIssue({ code: "custom", path: ["beside", "server"], message });
}

/** Both servers of a stack. The one in use has its data, or is made empty; the other one may be restored from it. */
export function numberedServers<Made>(
  { server, beside }: { readonly server: number; readonly beside?: BesideSettings | undefined },
  make: (server: NumberedServer, source?: Made) => Made,
): Made {
  const inUse = make({ number: server });
  if (beside) make({ number: beside.server, restore: beside.restore }, inUse);
  return inUse;
}

interface BesideSettings {
  readonly server: number;
  readonly restore?: NumberedServer["restore"];
}
