import type { Resource } from "@pulumi/pulumi";
import type { MountedFiles } from "../../contracts";

/** What the chat is given to judge the tokens that the panel signs. */
export interface ChatTokens {
  /** PEM texts, one after the other, in the file `keys.pem`. */
  readonly publicKeys: MountedFiles["source"];
  /** The table, with its schema, in which the panel says whose tokens count no more. */
  readonly revocations: string;
  /** What must be there before the chat can read that table. */
  readonly ready: readonly Resource[];
}
