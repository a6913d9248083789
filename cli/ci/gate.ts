import type { StackReport } from "../../review/comment/model";
import type { Operation, Risk, StackPreview } from "../../review/plan/model";
import type { Allowance } from "./allowance";

/** Levels of risk from nothing to data lost. */
const risks: readonly Risk[] = ["none", "safe", "caution", "danger"];

/** What a pipeline decides by. */
export interface Verdict {
  /** Whether anything would be done; an offline preview cannot know and counts as no. */
  readonly changed: boolean;
  readonly risk: Risk;
  /** Whether every preview came to an end. */
  readonly succeeded: boolean;
  readonly counts: Readonly<Record<"create" | "update" | "replace" | "delete", number>>;
  /** Findings of mandatory rules. */
  readonly violations: number;
}

const changing: readonly Operation[] = ["create", "update", "replace", "delete", "import", "forget"];

/** The verdict over all stacks. Only previews against a state count: to an offline one everything is new. */
export function verdictOf(reports: readonly StackReport[]): Verdict {
  const known = reports.map(({ preview }) => preview).filter(({ origin }) => origin === "engine");
  const sum = (operation: Operation) => known.reduce((total, { counts }) => total + (counts[operation] ?? 0), 0);
  return {
    changed: known.some(({ counts }) => changing.some((operation) => (counts[operation] ?? 0) > 0)),
    risk: known.reduce<Risk>((worst, { risk }) => (risks.indexOf(risk) > risks.indexOf(worst) ? risk : worst), "none"),
    succeeded: reports.every(({ preview }) => preview.succeeded),
    counts: { create: sum("create"), update: sum("update"), replace: sum("replace"), delete: sum("delete") },
    violations: reports.reduce(
      (n, { findings }) => n + findings.filter(({ level }) => level === "mandatory").length,
      0,
    ),
  };
}

/**
 * Why a gate is shut, one sentence each; empty when it is open.
 * @param allowance whether somebody allows the danger of this very commit; a preview that failed nobody can allow
 */
export function gateOf(reports: readonly StackReport[], failOn: Risk, allowance?: Allowance): string[] {
  const failed = reports.filter(({ preview }) => !preview.succeeded).map(({ preview }) => preview.stack);
  const atLeast = ({ origin, risk }: StackPreview) =>
    origin === "engine" && risks.indexOf(risk) >= Math.max(1, risks.indexOf(failOn));
  const risky = reports.filter(({ preview }) => atLeast(preview));
  return [
    ...failed.map((stack) => `${stack}: the preview failed`),
    ...(allowance?.open
      ? []
      : risky.map(({ preview }) => {
          const reasons = preview.changes.filter(({ risk }) => risk === preview.risk).flatMap((one) => one.reasons);
          const more = reasons.length > 3 ? ` (and ${reasons.length - 3} more)` : "";
          return `${preview.stack}: ${preview.risk}: ${reasons.slice(0, 3).join("; ")}${more}`;
        })),
  ];
}
