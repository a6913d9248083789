import { type Change, removed } from "../../components/schema/change";
import { UserError } from "../../lib/userError";

/** What a stack's file says of its Postgres servers. Images are as they are written: a reference, or where one is built. */
export interface Written {
  readonly image?: unknown;
  /** @default 1 */
  readonly server?: number;
  readonly copy?: { readonly from: number };
  readonly beside?: {
    readonly server: number;
    readonly image?: unknown;
    readonly restore?: object;
    readonly copy?: { readonly from: number };
  };
}

/** What is restored: all there is, a backup, or up to a second, of the server that the apps use or another one. */
export interface Wish {
  readonly backup?: string;
  readonly time?: string;
  readonly of?: number;
}

/**
 * What the file says afterwards, so that a second server is restored beside the first.
 *
 * @param used numbers whose volumes are still there: a server with such a volume would not be filled
 * @throws UserError where there is a second server already
 */
export function restoreChanges(written: Written, wish: Wish, used: readonly number[]): Change[] {
  return beside(written, used, { restore: { ...wish } });
}

/** The same for a copy of the first to another version. */
export function upgradeChanges(written: Written, image: unknown, used: readonly number[]): Change[] {
  return beside(written, used, { image, copy: { from: written.server ?? 1 } });
}

function beside(written: Written, used: readonly number[], how: object): Change[] {
  if (written.beside)
    throw new UserError(
      `server ${written.beside.server} is already beside the one that the apps use (postgres.beside)`,
      "use it, or go back to it: switchboard switch. Or give it up: switchboard switch --forget",
    );
  const server = Math.max(written.server ?? 1, ...used) + 1;
  return [["postgres.beside", { server, ...how }]];
}

/** Which server the apps use after a switch, and which before. */
export interface Switch {
  readonly changes: readonly Change[];
  readonly from: number;
  readonly to: number;
  /** A copy of what is there now is made first, a restored one is used as it is, or a server of before is used again. */
  readonly kind: "copy" | "restored" | "back";
}

/**
 * What the file says afterwards, so that the apps use the server beside, and the one that they used is kept beside it.
 *
 * @throws UserError where there is none
 */
export function switchChanges(written: Written): Switch {
  const { beside, server: from = 1 } = required(written);
  const { server: to, image, restore, copy } = beside;
  const changes: Change[] = [
    ...(image === undefined ? [] : ([["postgres.image", image]] as const)),
    ["postgres.server", to],
    ...(copy ? ([["postgres.copy", { from }]] as const) : written.copy ? ([["postgres.copy", removed]] as const) : []),
    ["postgres.beside", { server: from, ...(image === undefined ? {} : { image: written.image }) }],
  ];
  return { changes, from, to, kind: copy ? "copy" : restore ? "restored" : "back" };
}

/** What the file says when the server beside is given up. @throws UserError where there is none */
export function forgetChanges(written: Written): { readonly changes: readonly Change[]; readonly server: number } {
  const { beside, copy } = required(written);
  return {
    changes: [["postgres.beside", removed], ...(copy ? ([["postgres.copy", removed]] as const) : [])],
    server: beside.server,
  };
}

function required(written: Written): Written & Required<Pick<Written, "beside">> {
  const { beside } = written;
  if (beside) return { ...written, beside };
  throw new UserError(
    "there is no second server (postgres.beside)",
    "make one: switchboard restore, or switchboard upgrade postgres",
  );
}
