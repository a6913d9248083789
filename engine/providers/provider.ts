import type { EngineLog } from "../plugin";
import type { Properties } from "./values";

/** Which resource a request is about. */
export interface Resource {
  /** The engine's name for it, unique in the stack. */
  readonly urn: string;
  /** Its type token, such as `random:index/randomPassword:RandomPassword`. */
  readonly type: string;
  /** Its logical name in the program. */
  readonly name: string;
}

/** One input that is wrong: its property path and why. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** How one property changed. A `replace` cannot be made in place. */
export interface PropertyChange {
  readonly kind: "add" | "delete" | "update";
  readonly replace: boolean;
}

/** What has to happen to a resource. No property changed means nothing is to be done. */
export interface Difference {
  /** Property path (`spec.template.spec.containers[0].image`) to change. */
  readonly properties: ReadonlyMap<string, PropertyChange>;
  /** The old one has to go first, because the new one takes its name. */
  readonly deleteBeforeReplace?: boolean;
}

export interface CheckRequest extends Resource {
  /** The inputs that the last `check` returned; undefined for a new resource. */
  readonly olds: Properties | undefined;
  /** What the program asks for. */
  readonly news: Properties;
  /** Randomness that the engine repeats between preview and update. */
  readonly seed: Uint8Array;
}

export interface DiffRequest extends Resource {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly newInputs: Properties;
  /** Property paths that the program leaves to others. The engine has put the old inputs there already. @default none */
  readonly ignoreChanges?: readonly string[];
}

export interface CreateRequest extends Resource {
  readonly inputs: Properties;
  /** Say what would happen and do nothing. Only then inputs may be unknown. */
  readonly preview: boolean;
  /** Seconds from the resource's `customTimeouts`; 0 means the provider's own default. */
  readonly timeout: number;
}

export interface UpdateRequest extends CreateRequest {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  /** Property paths that the program leaves to others; their inputs are the old ones. */
  readonly ignoreChanges: readonly string[];
}

export interface ReadRequest extends Resource {
  readonly id: string;
  /** Empty where the state does not know the resource yet (an import or a `get`). */
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface DeleteRequest extends Resource {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly outputs: Properties;
  readonly timeout: number;
}

/** A resource as it is now. */
export interface State {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What a local resource plugin does; `serveProvider` speaks the protocol for it. */
export interface Provider {
  /** The package, such as `random`. */
  readonly name: string;
  readonly version: string;
  /** What it says of itself when it is first used. @default that it is a local stand-in */
  readonly introduction?: string;
  /** Wrong provider settings, with the settings' names. */
  checkConfig?(news: Properties): readonly Failure[];
  /** Which change of provider settings replaces the provider and so everything made through it; default: none. */
  diffConfig?(olds: Properties, news: Properties): Difference;
  configure?(settings: Properties, log: EngineLog): Promise<void>;
  check(request: CheckRequest): Promise<{ inputs: Properties; failures?: readonly Failure[] }>;
  diff(request: DiffRequest): Promise<Difference>;
  create(request: CreateRequest): Promise<{ id: string; outputs: Properties }>;
  /** The resource as it is now, or undefined when it is gone. */
  read(request: ReadRequest): Promise<State | undefined>;
  update(request: UpdateRequest): Promise<{ outputs: Properties }>;
  delete(request: DeleteRequest): Promise<void>;
  /** A function of the package (`gcp:compute/getZones:getZones`). Where it is not there, every call is refused. */
  invoke?(token: string, args: Properties): Promise<Properties>;
  /** Make running operations end soon: the person pressed Ctrl-C. */
  cancel?(): void;
}

/** A failure whose text is enough for a person to act on; the resource is as it was before. */
export class ResourceError extends Error {}

/**
 * The resource exists but is not in working order. The engine records it with these reasons, so that the next `up`
 * looks again instead of making it again.
 */
export class NotReadyError extends Error {
  constructor(
    readonly state: State,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}
