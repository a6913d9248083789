import { secret, unknown } from "../../engine/resources/resource";
import type { Change, PropertyChange, StackPreview } from "../plan/model";
import { code, fence, htmlCode } from "./escape";
import { kind, nameOf } from "./links";
import type { ForgeLimits, PullRequestReport } from "./model";
import { type Block, block, type Fold } from "./parts";
import { groupsOf, isHolder } from "./table";
import { operationWords, riskMarks } from "./verdict";
import { knownLater, textDiff, yamlDiff, yamlOf } from "./yamlDiff";

/** Property differences, a fold for each component. */
export function differencesOf(preview: StackPreview, report: PullRequestReport, limits: ForgeLimits): Fold[] {
  if (!limits.details) return [];
  return groupsOf(preview).flatMap(({ name, changes }) => {
    const blocks = changes.flatMap((change) => blockOf(change, report));
    if (blocks.length === 0) return [];
    const worst = riskMarks[changes[0]!.risk === "none" ? "safe" : changes[0]!.risk];
    const title = `${worst} Differences in ${name === "" ? "the stack itself" : htmlCode(name, 80)}`;
    return [{ open: `<details>\n<summary>${title}</summary>`, blocks, close: "</details>" }];
  });
}

function blockOf(change: Change, report: PullRequestReport): Block[] {
  const { operation, risk, properties, after } = change;
  const heading = () => `**${operationWords[operation]}** ${nameOf(change, report)} ${kind(change.type)}`;
  if (operation === "create" || operation === "import") {
    if (!report.showCreated || !after || isHolder(change)) return [];
    return [block("created", () => `${heading()}\n\n${fence("yaml", yamlOf(after.inputs))}`)];
  }
  if (properties.length === 0) return [];
  return [
    block(risk === "safe" || risk === "none" ? "safeDiff" : "diff", () => {
      const forced = change.forcedBy.slice(0, 5).map((path) => code(path, 120, "start"));
      const why = forced.length > 0 ? `, forced by ${forced.join(", ")}` : "";
      return `${heading()}${why}\n\n${fence("diff", linesOf(change).join("\n"))}`;
    }),
  ];
}

/** A change's differences as lines of a diff: Kubernetes objects as YAML, everything else property by property. */
export function linesOf({ type, operation, before, after, properties }: Change): string[] {
  const isObject = type.startsWith("kubernetes:") && before && after && operation !== "refresh";
  const lines = isObject ? yamlDiff(before.inputs, after.inputs) : [];
  if (lines.length === 0) return properties.flatMap(propertyLines);
  // What is the same on both sides only because it is masked, and what is no input.
  const unseen = properties.filter(
    ({ path, before: old, after: next }) => path === "protect" || JSON.stringify(old) === JSON.stringify(next),
  );
  return [...lines, ...unseen.flatMap(propertyLines)];
}

function propertyLines({ path, kind: how, before, after, forcesReplacement }: PropertyChange): string[] {
  const name = path.replace(/\s+/g, " ");
  const isText = (value: unknown) => typeof value === "string" && value.includes("\n");
  if (how === "change" && (isText(before) || isText(after))) {
    const text = (value: unknown) => (isText(value) ? (value as string) : yamlOf(value));
    return [
      `  ${name}: |`,
      ...textDiff(`${text(before)}\n`, `${text(after)}\n`).map((line) => line.replace(/^([-+ ] )/, "$1  ")),
    ];
  }
  const same = how === "change" && JSON.stringify(before) === JSON.stringify(after);
  const tail = forcesReplacement ? "  # forces the replacement" : "";
  return [
    ...(how === "add" ? [] : sideOf("-", name, before, "")),
    ...(how === "remove"
      ? []
      : sideOf("+", name, after, `${same && mentionsSecret(after) ? "  # changed" : ""}${tail}`)),
  ];
}

function sideOf(sign: "-" | "+", name: string, value: unknown, tail: string): string[] {
  const [first = "", ...rest] = yamlOf(value === unknown ? knownLater : value).split("\n");
  if (rest.length === 0 && !isNested(value)) return [`${sign} ${name}: ${unquoted(first)}${tail}`];
  return [`${sign} ${name}:${tail}`, ...[first, ...rest].map((line) => `${sign}   ${line}`)];
}

/** `(known after up)` is no text of anybody's. */
function unquoted(text: string): string {
  return text === `"${knownLater}"` ? knownLater : text;
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function mentionsSecret(value: unknown): boolean {
  return JSON.stringify(value)?.includes(secret) ?? false;
}
