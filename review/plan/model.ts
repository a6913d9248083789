import type { Resource, SourceLine } from "../../engine/resources/resource";

/** What happens to a resource. A replacement is one change, however many steps the engine takes for it. */
export type Operation =
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "forget"
  /** Looked up, not made. */
  | "read"
  /** Found changed by a refresh: something or somebody else did it. */
  | "refresh"
  | "same";

/** One property that differs. */
export interface PropertyChange {
  /** As a person writes it: `spec.template.spec.containers[0].image`. */
  readonly path: string;
  readonly kind: "add" | "change" | "remove";
  /** Whether it is why the resource is replaced. */
  readonly forcesReplacement: boolean;
  /** Masked: `[secret]` on both sides where it is a secret on either. Absent for what was not there. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** How much a change can hurt, from nothing to data lost or everybody let in. */
export type Risk = "none" | "safe" | "caution" | "danger";

/** What happens to one resource. */
export interface Change {
  readonly operation: Operation;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Names of the components that it stands in, outermost first: what changes are grouped by. */
  readonly components: readonly string[];
  readonly before?: Resource;
  readonly after?: Resource;
  /** In the order of their paths; empty for what is created or deleted whole. */
  readonly properties: readonly PropertyChange[];
  /** Paths that force a replacement. */
  readonly forcedBy: readonly string[];
  readonly risk: Risk;
  /** Why the risk is more than `safe`, in sentences that name the data, the exposure or the lost guard. */
  readonly reasons: readonly string[];
  readonly source?: SourceLine;
}

/** Something that the program, the engine or a provider said. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  /** Without colours and without secrets. */
  readonly message: string;
  readonly urn?: string;
}

/** Everything that a preview of one stack says, in the order of danger, then of component, then of name. */
export interface StackPreview {
  readonly project: string;
  readonly stack: string;
  /** `offline` is a preview that asked nobody: everything is new, because no state was looked at. */
  readonly origin: "engine" | "offline";
  readonly succeeded: boolean;
  /** Changes only; what stays the same is a number. */
  readonly changes: readonly Change[];
  readonly counts: Readonly<Record<Operation, number>>;
  readonly risk: Risk;
  /** Errors first. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Set where the CLI left out what stays the same, which it does without `--show-sames`: `before` and `after` are then no
   * whole stack, and nothing can be said of one.
   */
  readonly partial?: true;
  /** All resources as they are before and would be after, unchanged ones too: what cost, policies and graphs need. */
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  /** Milliseconds that the CLI took; undefined where it does not say so. */
  readonly duration?: number;
}
