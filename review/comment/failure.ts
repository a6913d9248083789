import { type Resource, type SourceLine, typeOf, nameOf as urnName } from "../../engine/resources/resource";
import type { Diagnostic, StackPreview } from "../plan/model";
import { code, fence } from "./escape";
import { hintFor } from "./hints";
import { kind, lineOf } from "./links";
import type { ForgeLimits, PullRequestReport } from "./model";
import { type Block, block, type Fold } from "./parts";

/** Lines of one message that are shown. */
const most = 24;

/** What went wrong, the first of it for sure: the resource, the line of code, the words, and what to do. */
export function failureOf(preview: StackPreview, report: PullRequestReport): Block[] {
  const errors = preview.diagnostics.filter(({ severity }) => severity === "error");
  const resources = new Map([...preview.before, ...preview.after].map((resource) => [resource.urn, resource]));
  const blocks = errors.map((error, index) =>
    block(index === 0 ? "keep" : "errors", errorText(error, resources, report)),
  );
  if (preview.changes.length === 0) return blocks;
  return [...blocks, block("keep", "**This plan is partial**: what the engine had worked out when it failed.")];
}

/** Warnings, folded. */
export function warningsOf({ diagnostics }: StackPreview, limits: ForgeLimits): Fold[] {
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  if (warnings.length === 0 || !limits.details) return [];
  const title = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
  return [
    {
      open: `<details>\n<summary>⚠️ ${title}</summary>`,
      blocks: warnings.map(({ message }) => block("warnings", () => fence("text", wrapped(message)))),
      close: "</details>",
    },
  ];
}

function errorText({ message, urn }: Diagnostic, resources: ReadonlyMap<string, Resource>, report: PullRequestReport) {
  const isStack = !urn || typeOf(urn) === "pulumi:pulumi:Stack";
  const what = isStack ? [] : [`${kind(typeOf(urn))} ${code(urnName(urn), 120)}`];
  const source = sourceIn(message) ?? (urn ? resources.get(urn)?.source : undefined);
  const where = source ? [lineOf(source, report)] : [];
  const title = [...what, ...where].join(" · ");
  const hint = hintFor(message);
  return [
    ...(title ? [title, ""] : []),
    fence("text", wrapped(message)),
    ...(hint ? ["", `**What to do:** ${hint}`] : []),
  ].join("\n");
}

/** The first line of the program's own that a stack trace names. */
function sourceIn(message: string): SourceLine | undefined {
  const [, file, line] =
    /((?:components|lib|engine|sandbox|review|cli)\/[\w./-]+\.ts|\bindex\.ts|\bPulumi\.[\w-]+\.yaml):(\d+)/.exec(
      message,
    ) ?? [];
  return file && line ? { file, line: Number(line) } : undefined;
}

/** The beginning and the end of a message, its long lines broken between words. */
function wrapped(message: string): string {
  const lines = message
    .slice(0, 20_000)
    .split("\n")
    .flatMap((line) => (line.length <= 110 ? [line] : broken(line)))
    .map((line) => (line.length <= 200 ? line : `${line.slice(0, 180)}… (${line.length - 180} more)`));
  if (lines.length <= most) return lines.join("\n");
  return [...lines.slice(0, 8), `… ${lines.length - most} lines …`, ...lines.slice(8 - most)].join("\n");
}

function broken(line: string): string[] {
  const lines: string[] = [];
  const indent = /^ */.exec(line)![0].slice(0, 20);
  for (const word of line.trim().split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? indent : `${indent}  `}${word}`);
  }
  return lines;
}
