import { nameOf } from "../../engine/resources/resource";
import type { StackPreview } from "../plan/model";
import { refusalIn } from "./refusals";

/** Resources that the reader may not look at. */
export interface Unread {
  readonly type: string;
  /** Their names, in order. */
  readonly names: readonly string[];
  /** What it would take, as the API said it; undefined where it said none. */
  readonly permission: string | undefined;
}

/** A resource of the state. */
interface Known {
  readonly urn: string;
  readonly type: string;
}

/** What was looked at, and what was not. */
export interface Looked {
  /** The last look: it has failed where something else than a permission was missing. */
  readonly preview: StackPreview;
  readonly unread: readonly Unread[];
}

/**
 * Looks at everything that the reader may look at. The engine ends a refresh at the first resource that cannot be read, so
 * it is asked again without the types of those that were refused: one resource more would be a look more for each. A look
 * takes a minute in a cloud, and there are not more of them than there are types.
 *
 * @param refresh looks at everything but these URNs
 * @param all every resource of the state
 */
export async function lookAtReadable(
  refresh: (without: readonly string[]) => Promise<StackPreview>,
  all: readonly Known[],
): Promise<Looked> {
  const refused = new Map<string, string | undefined>();
  for (;;) {
    const without = all.filter(({ type }) => refused.has(type)).map(({ urn }) => urn);
    const preview = await refresh(without);
    if (preview.succeeded) return { preview, unread: unreadOf(refused, all) };
    const found = refusalsOf(preview, all);
    const more = [...found].filter(([type]) => !refused.has(type));
    // Something else is wrong, or what was left out is looked at all the same: asking again would not help.
    if (more.length === 0) return { preview, unread: unreadOf(refused, all) };
    for (const [type, permission] of more) refused.set(type, permission);
  }
}

/** Types that could not be read, with the permission. Empty where there is an error of another kind as well. */
function refusalsOf({ diagnostics }: StackPreview, all: readonly Known[]): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const { severity, urn, message } of diagnostics) {
    if (severity !== "error") continue;
    const refusal = refusalIn(message);
    const type = typeOf(urn, message, all);
    if (!refusal || !type) return new Map();
    found.set(type, found.get(type) ?? refusal.permission);
  }
  return found;
}

/** What is said of several resources at once has no URN, but the first one's in its words, or its name. */
function typeOf(urn: string | undefined, message: string, all: readonly Known[]): string | undefined {
  const first = /\(said of \d+ resources, first of (.+)\)$/.exec(message)?.[1];
  const is = (known: Known) =>
    urn ? known.urn === urn : message.includes(`${known.urn}:`) || (first !== undefined && nameOf(known.urn) === first);
  return all.find(is)?.type;
}

function unreadOf(refused: ReadonlyMap<string, string | undefined>, all: readonly Known[]): Unread[] {
  return [...refused].map(([type, permission]) => ({
    type,
    names: all
      .filter((resource) => resource.type === type)
      .map(({ urn }) => nameOf(urn))
      .sort(),
    permission,
  }));
}
