import type { PodIdentity } from "../../contracts";

/** How anybody sees whether an app works, as data: what asks and judges is `cli/commands/status`. */
export interface AppHealth {
  /** The output of the stack that holds its public address. */
  readonly output: string;
  /** What shows that the way to it is open. */
  readonly answer: PageAnswer | SocketAnswer;
  /** Where one of its pods tells which servers it reaches: `postgres` and `redis`, each with `up`. @default nowhere */
  readonly servers?: { readonly workload: string; readonly container: string; readonly path: string };
  /** What of it logs how many jobs wait. @default nothing */
  readonly backlog?: BacklogSource;
}

/** What logs how many jobs wait, in JSON lines with this message, `time`, `waiting` and `oldestSeconds`. */
export interface BacklogSource {
  /** The name of its Deployment. */
  readonly workload: string;
  readonly pods: PodIdentity;
  readonly message: string;
}

/** A page that everybody may see: 200. */
export interface PageAnswer {
  readonly kind: "page";
  readonly path: string;
}

/** A WebSocket that refuses, with 401 and this code, whoever has no token. */
export interface SocketAnswer {
  readonly kind: "websocket";
  readonly protocol: string;
  readonly refusal: string;
}
