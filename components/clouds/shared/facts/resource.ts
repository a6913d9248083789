/** A line of the program, as the SDK saw it when the resource was registered. */
export interface SourceLine {
  /** Path in the repository. */
  readonly file: string;
  readonly line: number;
}

/**
 * One resource of a stack, wherever it was read: in a run of the program without a CLI (`fromPlan`), in a stack's state
 * (`fromState`), or before and after in a preview of the CLI (`review/plan`). Policies, costs and diagrams look at this
 * and at nothing else, so each works on all of them.
 */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for a child of the stack. */
  readonly parent: string;
  /** Whether a provider keeps it; false for components. */
  readonly custom: boolean;
  /** Whether it is only looked up and not made by the stack. */
  readonly read: boolean;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  /** Inputs; secrets are `[secret]` whatever shape they had, and what is not known yet is `[unknown]`. */
  readonly inputs: any;
  /** Where the program makes it, if that is known. */
  readonly source?: SourceLine;
}
