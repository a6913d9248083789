import { nameOf } from "../../engine/resources/resource";
import type { Diagnostic } from "./model";
import { orderedDiagnostics } from "./order";
import { type CliReport, withoutColours } from "./report";
import type { Redactor } from "./secrets";

/** What the CLI says about itself in every run, or twice. */
const noise: readonly RegExp[] = [
  /^using pulumi-\S+ from \$PATH at /,
  /^(preview|update|refresh) failed$/,
  /^resource plugin \S+ is expected to have version/,
  /^A new version of Pulumi is available/,
  /^no changes were expected\b.* but changes (were proposed|occurred)/,
];

const silent = "the Pulumi CLI failed and said nothing";
/** Seen with 3.250 and 3.274: a mandatory policy fails the preview, and the report has `preview failed` and no word of the policy. */
const unnamed =
  "the preview failed, and its JSON does not say why: it leaves out what a policy pack said. See the policy findings, or run it without --json";

/** What the CLI wrote beside its report, without noise: the end of it. */
function wordsOf(rest: string, redactor: Redactor): string {
  const lines = plain(rest).split("\n");
  const told = lines.filter((line) => !noise.some((pattern) => pattern.test(plain(line))));
  return redactor.text(told.join("\n").trim()).slice(-shown);
}

/** Characters of the CLI's other output that are shown where it gave no error of its own. */
const shown = 2000;

/**
 * What the CLI said, in words: without colours, secrets, doubles and noise, errors first. A failure never comes without
 * an error: where the report names none, it is the end of what the CLI wrote.
 */
export function diagnosticsOf(
  report: CliReport | undefined,
  failed: boolean,
  rest: string,
  redactor: Redactor,
): Diagnostic[] {
  const said = (report?.diagnostics ?? []).flatMap((entry) => {
    const severity = severityOf(entry.severity);
    const message = redactor.text(plain(entry.message));
    if (!severity || message === "" || noise.some((pattern) => pattern.test(message))) return [];
    return [{ severity, message, ...(entry.urn && { urn: entry.urn }) }];
  });
  if (failed && !said.some(({ severity }) => severity === "error")) {
    said.push({ severity: "error", message: wordsOf(rest, redactor) || (report ? unnamed : silent) });
  }
  return orderedDiagnostics(together(said));
}

/** What is said in the same words of several resources is said once. */
function together(said: readonly Diagnostic[]): Diagnostic[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const entry of said) {
    const key = `${entry.severity} ${entry.message}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map((group) => {
    const { severity, message } = group[0]!;
    const urns = [...new Set(group.flatMap(({ urn }) => urn ?? []))].sort();
    if (urns.length <= 1) return { severity, message, ...(urns[0] && { urn: urns[0] }) };
    return { severity, message: `${message} (said of ${urns.length} resources, first of ${nameOf(urns[0]!)})` };
  });
}

/** Debug messages hold secrets in clear and are never passed on. */
function severityOf(severity: string): Diagnostic["severity"] | undefined {
  if (severity === "debug") return undefined;
  if (severity === "error" || severity === "warning") return severity;
  // What a program writes on stderr is `info#err`: no failure by itself.
  return "info";
}

/** Without colours, without the severity that the CLI writes before the text, without blanks around it. */
function plain(message: string): string {
  return withoutColours(message)
    .trim()
    .replace(/^(error|warning|info): /, "")
    .replace(/^Preview failed: /, "")
    .trim();
}

/** Whether a CLI that failed only found what it was asked to find nothing of (`--expect-no-changes`). */
export function onlyFoundChanges(report: CliReport | undefined, rest: string): boolean {
  const errors = (report?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
  const words = errors.length > 0 ? errors : [rest];
  return words.every((message) => /no changes were expected\b.* but changes (were proposed|occurred)/.test(message));
}
