import type { Checked, Status } from "../../components/clouds/shared/doctor/model";
import { painter, wrapLine } from "../../engine/record/tree";
import type { TextStyle } from "../../lib/terminal";

const marks: Readonly<Record<Status, { mark: string; colour: "green" | "yellow" | "red" | "dim" }>> = {
  ok: { mark: "✓", colour: "green" },
  advice: { mark: "!", colour: "yellow" },
  failed: { mark: "✗", colour: "red" },
  unknown: { mark: "?", colour: "dim" },
};

/** How many findings there are of each kind. */
export function countsOf(checked: readonly Checked[]): Readonly<Record<Status, number>> {
  const all = checked.flatMap(({ findings }) => findings);
  const count = (status: Status) => all.filter((finding) => finding.status === status).length;
  return { ok: count("ok"), advice: count("advice"), failed: count("failed"), unknown: count("unknown") };
}

/** The verdict in one line, what is in the way first. */
export function verdictOf(stack: string, checked: readonly Checked[]): string {
  const { ok, advice, failed, unknown } = countsOf(checked);
  const parts = [
    failed > 0 ? `${failed} in the way` : "",
    advice > 0 ? `${advice} to think of` : "",
    unknown > 0 ? `${unknown} not known` : "",
    `${ok} good`,
  ].filter(Boolean);
  return `${stack}: ${failed > 0 ? "an up would fail or hurt" : "nothing is in the way of an up"} (${parts.join(", ")})`;
}

/** Everything that was found, by area, each with its fix. */
export function reportOf(stack: string, checked: readonly Checked[], style: TextStyle): string[] {
  const paint = painter(style.colours);
  const lines = checked.flatMap(({ area, findings }) => [
    paint("bold", area),
    ...findings.flatMap(({ status, what, todo }) => [
      ...wrapLine(`  ${marks[status].mark} ${what}`, style.width, 4).map((line) => paint(marks[status].colour, line)),
      ...(todo ? wrapLine(`    → ${todo}`, style.width, 6) : []),
    ]),
    "",
  ]);
  return [paint("bold", verdictOf(stack, checked)), "", ...lines];
}
