import type { Change, Diagnostic } from "./model";

/**
 * Says why a preview replaces what is called by the stack's name: somebody has renamed the stack, and no setting keeps the
 * name that it was made under.
 *
 * @returns nothing where no replacement comes of a name of that form
 */
export function renamedStack(changes: readonly Change[], project: string): Diagnostic[] {
  const names = changes.flatMap(({ operation, urn, properties }) =>
    operation === "replace"
      ? properties.flatMap(({ forcesReplacement, before, after }) => {
          const name = forcesReplacement ? oldName(before, after, project) : undefined;
          return name === undefined ? [] : [{ urn, ...name }];
        })
      : [],
  );
  const [first] = names;
  if (!first) return [];
  const alike = names.filter((one) => one.before === first.before && one.after === first.after);
  const count = new Set(alike.map(({ urn }) => urn)).size;
  const what = count === 1 ? "1 resource is" : `${count} resources are`;
  return [
    {
      severity: "warning",
      message: `${what} replaced because of a name: ${project}-${first.before} becomes ${project}-${first.after}. If the stack was renamed, it keeps its resources with the name that they have: pulumi config set --path ${project}:operations.name ${first.before}`,
    },
  ];
}

/** The two stacks' names of `<project>-<name>`, with the same end behind them. */
function oldName(before: unknown, after: unknown, project: string): { before: string; after: string } | undefined {
  if (typeof before !== "string" || typeof after !== "string" || before === after) return undefined;
  const prefix = `${project}-`;
  const [start, end] = [before.indexOf(prefix), after.indexOf(prefix)];
  // A name may be within a path: `alias/<name>`, `/aws/eks/<name>/cluster`.
  if (start < 0 || start !== end || before.slice(0, start) !== after.slice(0, end)) return undefined;
  const [old, now] = [before.slice(start + prefix.length), after.slice(end + prefix.length)];
  const tail = /(\/[^/]*|-nodes)$/.exec(old)?.[1] ?? "";
  if (!now.endsWith(tail) || old === tail) return undefined;
  return { before: old.slice(0, old.length - tail.length), after: now.slice(0, now.length - tail.length) };
}
