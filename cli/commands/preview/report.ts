import { clearSecrets } from "../../../engine/record/masked";
import type { Plan } from "../../../engine/record/plan";
import { secretKey } from "../../../engine/record/recorder";
import { painter, type TreeStyle, treeOf, wrapLine } from "../../../engine/record/tree";
import { counts } from "./rendered";

/** What a preview says before it shows anything: what it is and what it is not. */
export function introduction(stack: string, notes: readonly string[], style: TreeStyle): string[] {
  const paint = painter(style.colours);
  const wrapped = (text: string) => wrapLine(text, style.width, text.startsWith("- ") ? 2 : 0);
  return [
    ...wrapped(
      `Offline preview of stack ${stack}: what a first \`up\` would make, from Pulumi.${stack}.yaml alone.`,
    ).map((line) => paint("bold", line)),
    ...wrapped(
      "No cloud, no cluster and no state was asked and no credentials were used. So it does not know what is there already, " +
        "whose a namespace of this name is, nor quotas, permissions or names that are taken, and what only the real thing knows is shown as [unknown].",
    ),
    ...notes.flatMap((note) => wrapped(`- ${note}`)),
    "",
  ];
}

/** The whole report: the tree, what the program warned of, the outputs and the counts. */
export function reportOf(stack: string, plan: Plan, style: TreeStyle): string[] {
  const paint = painter(style.colours);
  const { resources, components, packages, protected: held } = counts(plan);
  const parts = Object.entries(packages)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`);
  const protectedNames = plan.registrations.filter(({ protect }) => protect).map(({ name }) => name);
  return [
    paint("bold", `${stack}`),
    ...treeOf(plan, style),
    "",
    ...outputLines(plan.outputs, style),
    ...plan.warnings.flatMap((warning) =>
      wrapLine(`warning: ${warning}`, style.width).map((line) => paint("yellow", line)),
    ),
    ...(plan.warnings.length > 0 ? [""] : []),
    ...wrapLine(`${resources} resources in ${components} components: ${parts.join(", ")}.`, style.width),
    ...wrapLine(
      held === 0
        ? "Nothing is protected from being deleted or replaced."
        : `${held} protected from being deleted or replaced: ${[...new Set(protectedNames)].sort().join(", ")}.`,
      style.width,
    ),
  ];
}

function outputLines(outputs: unknown, style: TreeStyle): string[] {
  const paint = painter(style.colours);
  const rows = flat(clearSecrets(outputs ?? {}), []);
  if (rows.length === 0) return [];
  const widest = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.flatMap(([name, value]) =>
    wrapLine(`  ${name.padEnd(widest)}  ${value}`, style.valueWidth, widest + 4),
  );
  return [paint("bold", "outputs"), ...lines, ""];
}

function flat(value: unknown, path: readonly string[]): [string, string][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, entry]) => flat(entry, [...path, key]));
  }
  const shown = Array.isArray(value) ? value.join(", ") : value === secretKey ? secretKey : String(value);
  return [[path.join("."), shown]];
}
