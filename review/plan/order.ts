import type { Change, Diagnostic } from "./model";
import { compareRisks } from "./ranks";

/** Danger first, then by component, then by name; URN and operation decide between what is equal so far. */
export function compareChanges(a: Change, b: Change): number {
  return (
    compareRisks(a.risk, b.risk) ||
    compareTexts(a.components.join("\0"), b.components.join("\0")) ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.urn, b.urn) ||
    compareTexts(a.operation, b.operation)
  );
}

const severities = ["error", "warning", "info"];

/** Errors first; those of one severity in the order in which they were said. */
export function orderedDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** By code units, which no machine's language changes. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
