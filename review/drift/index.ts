import type { SourceLine } from "../../engine/resources/resource";
import type { Change, PropertyChange, StackPreview } from "../plan/model";
import { expectedBecause } from "./expected";
import type { Unread } from "./readable";

/** One property that was changed behind the program's back. Masked: a secret is `[secret]` on both sides. */
export interface DriftedProperty {
  readonly path: string;
  /** What the last `up` left; absent where the program gives nothing. */
  readonly program?: unknown;
  /** What is there; absent where it was taken out. */
  readonly there?: unknown;
}

/** One resource that is not as the last `up` left it. */
export interface DriftedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly components: readonly string[];
  readonly what: "changed" | "gone";
  /** In the order of their paths; empty for what is gone. */
  readonly properties: readonly DriftedProperty[];
  /** Where the program makes it. */
  readonly source?: SourceLine;
}

/** A difference that is none to worry about, with who keeps the field. */
export interface ExpectedDifference extends DriftedProperty {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly why: string;
}

/** What is different from what the last `up` left. */
export interface Drift {
  readonly stack: string;
  /** What is gone first, then in the order of component and name. */
  readonly resources: readonly DriftedResource[];
  /** Left out of `resources`. */
  readonly expected: readonly ExpectedDifference[];
  /** Resources that were looked at. */
  readonly looked: number;
  /** What the reader may not look at, in the order of types; nothing is known of it. */
  readonly unread: readonly Unread[];
}

/** Providers whose resources exist in the state alone, so nobody can change them by hand. */
const stateOnly = /^(random|tls|pulumi):/;

/**
 * The drift in what `pulumi refresh --preview-only` found, without what autoscalers, controllers and the API server keep.
 * @param preview of a refresh, which must have succeeded
 * @param unread what that refresh left out
 */
export function driftOf(preview: StackPreview, unread: readonly Unread[] = []): Drift {
  const resources: DriftedResource[] = [];
  const expected: ExpectedDifference[] = [];
  for (const change of preview.changes) {
    const { urn, type, name, components, source } = change;
    if (change.operation === "read" || change.operation === "same" || stateOnly.test(type)) continue;
    const base = { urn, type, name, components, ...(source && { source }) };
    if (isGone(change)) {
      resources.push({ ...base, what: "gone", properties: [] });
      continue;
    }
    const properties: DriftedProperty[] = [];
    for (const property of change.properties) {
      const why = expectedBecause(change, property, preview.before);
      if (why) expected.push({ urn, type, name, ...sides(property), why });
      else properties.push(sides(property));
    }
    if (properties.length > 0) resources.push({ ...base, what: "changed", properties });
  }
  const rank = ({ what }: DriftedResource) => (what === "gone" ? 0 : 1);
  resources.sort((a, b) => rank(a) - rank(b));
  const missing = unread.reduce((sum, { names }) => sum + names.length, 0);
  return {
    ...{ stack: preview.stack, resources, expected, looked: preview.before.length - missing },
    unread: [...unread].sort((a, b) => (a.type < b.type ? -1 : 1)),
  };
}

function isGone({ operation, after }: Change): boolean {
  return operation === "delete" || after === undefined;
}

function sides({ path, before, after }: PropertyChange): DriftedProperty {
  return { path, ...(before !== undefined && { program: before }), ...(after !== undefined && { there: after }) };
}
