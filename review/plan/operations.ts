import type { Operation } from "./model";
import type { CliReport, Step, StepState } from "./report";

/** What happens to one resource: one or more steps of the engine as one. */
export interface MergedStep {
  readonly operation: Operation;
  readonly urn: string;
  readonly before?: StepState;
  readonly after?: StepState;
  readonly detailedDiff: NonNullable<Step["detailedDiff"]>;
  readonly replaceReasons: readonly string[];
  /** Whether the old one of a replacement goes before the new one is there. */
  readonly deletedFirst: boolean;
}

/**
 * The engine's operations. A replacement is `create-replacement`, `replace` and `delete-replaced`, in the order in which
 * they are done; `discard-replaced` and `remove-pending-replace` end one that an earlier update began.
 * Source: sdk/go/common/display and pkg/resource/deploy/step.go of Pulumi.
 */
const operations: Readonly<Record<string, Operation>> = {
  same: "same",
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "discard-replaced": "replace",
  "remove-pending-replace": "replace",
  read: "read",
  "read-replacement": "read",
  discard: "read",
  "read-discard": "read",
  refresh: "refresh",
  import: "import",
  "import-replacement": "import",
};

/**
 * The steps of a report, one entry for each resource, in the order of their first steps.
 *
 * A report of a refresh calls what it found changed an `update` and what it found gone a `delete`; it is known by the
 * steps of op `refresh` that it has for everything else. In a `preview --refresh` these come first and the plan's own
 * steps follow: what was found and what would be done are then two entries of one URN.
 */
export function mergedSteps({ steps }: CliReport): MergedStep[] {
  const refreshes = steps.some(({ op }) => op === "refresh");
  const merged = new Map<string, MergedStep>();
  for (const step of steps) {
    const found = refreshes && !ranProgram(step);
    const operation = found ? foundBy(step) : operationOf(step);
    const key = `${operation === "refresh" ? "refresh" : "plan"} ${step.urn}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? joined(earlier, step, operation) : single(step, operation));
  }
  return [...merged.values()];
}

/** Whether a step comes from a run of the program, or of what it no longer makes, and not from a look at what is there. */
function ranProgram({ op, newState }: Step): boolean {
  if (op === "refresh") return false;
  return newState?.sourcePosition !== undefined || newState?.stackTrace !== undefined || op.includes("replace");
}

function foundBy({ op, oldState, newState }: Step): Operation {
  if (op === "same") return "same";
  if (op !== "refresh") return "refresh";
  return JSON.stringify(oldState?.outputs) === JSON.stringify(newState?.outputs) &&
    JSON.stringify(oldState?.inputs) === JSON.stringify(newState?.inputs)
    ? "same"
    : "refresh";
}

/** An operation that this table does not know is told as an update rather than not at all. */
function operationOf({ op, oldState, newState }: Step): Operation {
  const known = Object.hasOwn(operations, op) ? operations[op]! : "update";
  if (known === "delete" && oldState?.retainOnDelete) return "forget";
  // Release 3.274 replaces a component along with what it dies with: it only holds others, and each of those is told.
  const same = known === "same" || (known === "replace" && (newState ?? oldState)?.custom === false);
  // A change of protection alone is no difference to the engine, and much to people.
  if (same && oldState && newState && isProtected(oldState) !== isProtected(newState)) return "update";
  return same ? "same" : known;
}

function isProtected({ protect }: StepState): boolean {
  return protect === true;
}

function single(step: Step, operation: Operation): MergedStep {
  const { urn, oldState, newState, detailedDiff = {}, replaceReasons = [] } = step;
  return {
    ...{ operation, urn, detailedDiff, replaceReasons },
    ...(oldState && { before: oldState }),
    ...(newState && { after: newState }),
    deletedFirst: step.op === "delete-replaced",
  };
}

/** What two steps of one resource are together. */
function joined(earlier: MergedStep, step: Step, operation: Operation): MergedStep {
  const before = earlier.before ?? step.oldState;
  // A deletion tells the old state alone, whichever key it uses for it.
  const after = step.op.startsWith("delete") ? earlier.after : (step.newState ?? earlier.after);
  return {
    urn: earlier.urn,
    operation: together(earlier.operation, operation),
    ...(before && { before }),
    ...(after && { after }),
    detailedDiff: { ...earlier.detailedDiff, ...step.detailedDiff },
    replaceReasons: [...new Set([...earlier.replaceReasons, ...(step.replaceReasons ?? [])])],
    deletedFirst: earlier.deletedFirst,
  };
}

function together(a: Operation, b: Operation): Operation {
  if (a === b) return a;
  const pair = [a, b];
  if (pair.includes("replace") || (pair.includes("delete") && pair.includes("create"))) return "replace";
  // An import that is followed by a difference stays an import; its properties tell the rest.
  for (const operation of ["import", "delete", "create", "update", "forget", "refresh", "read"] as const)
    if (pair.includes(operation)) return operation;
  return a;
}
