import type { Run } from "../../../components/clouds/shared/deployed";

/** What a call of a cloud's CLI gives: JSON, or what it prints when it fails. */
export type CliAnswer =
  | object
  | null
  | { readonly stderr: string }
  | { readonly code: "ENOENT" }
  | { readonly timedOut: true };

/** A stand-in of a cloud's CLI, and what it was asked. */
export interface CloudCliStandIn {
  readonly run: Run;
  readonly asked: string[];
}

/**
 * Answers by the words after the program's and the service's name, e.g. `describe-db-snapshots`. The last answer of a list
 * goes on. A call that nobody has written an answer for is a failure of the test.
 */
export function cloudCliStandIn(answers: Readonly<Record<string, CliAnswer | readonly CliAnswer[]>>): CloudCliStandIn {
  const asked: string[] = [];
  const times = new Map<string, number>();
  const run: Run = async (program, args) => {
    const line = [program, ...args].join(" ");
    asked.push(line);
    const words = Object.keys(answers).find((one) => line.includes(one));
    if (words === undefined) throw new Error(`nobody has written what this answers: ${line}`);
    const given = answers[words];
    const list: readonly CliAnswer[] = Array.isArray(given) && isSeries(given) ? given : [given as CliAnswer];
    const time = times.get(words) ?? 0;
    times.set(words, time + 1);
    const answer = list[Math.min(time, list.length - 1)]!;
    if (answer !== null && ("stderr" in answer || "code" in answer || "timedOut" in answer))
      throw Object.assign(new Error(`Command failed: ${line}`), answer);
    return answer === null ? "" : JSON.stringify(answer);
  };
  return { run, asked };
}

const series = Symbol("series");

/** One answer after the other. */
export function inTurn(...answers: readonly CliAnswer[]): readonly CliAnswer[] {
  return Object.assign([...answers], { [series]: true });
}

const isSeries = (answers: object) => series in answers;
