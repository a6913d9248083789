import { withoutShapes } from "../../lib/masking";
import { Steps } from "../../lib/steps";
import { terminalStyle } from "../../lib/terminal";
import type { Io, Report } from "./command";

/** Something that text is written to. */
export type Sink = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** How a command speaks, and what it has said so far. */
export interface CommandIo extends Io {
  /** What `result` was given: the one document of `--json`, held back until it is known that nothing fails. */
  readonly held: { readonly value: unknown } | undefined;
  /** Whether something went to stdout already. */
  readonly streamed: boolean;
  /** Everything that was noted, for a JSON error where a command says why and throws nothing. */
  readonly notes: readonly string[];
}

export interface IoOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: NodeJS.ProcessEnv;
  readonly json: boolean;
  /** No steps and no notes. */
  readonly quiet: boolean;
  readonly signal: AbortSignal;
  /** Path of a file that steps and notes go to as well. */
  readonly log?: string;
}

/** The standard streams as commands see them. */
export function ioOf({ stdout, stderr, env, json, quiet, signal, log }: IoOptions): CommandIo {
  const steps = new Steps({ out: quiet ? nowhere : stderr, ...(log !== undefined && { log }) });
  let held: { readonly value: unknown } | undefined;
  let streamed = false;
  const notes: string[] = [];
  const write = (text: string) => {
    streamed = true;
    stdout.write(`${text}\n`);
  };
  return {
    style: terminalStyle(stdout, env),
    json,
    signal,
    result(value, lines) {
      if (held) throw new Error("a command has one result");
      if (json) {
        held = { value };
        return;
      }
      held = { value: undefined };
      const text = lines();
      if (text.length > 0) write(text.join("\n"));
    },
    line: (value, text) => write(json ? JSON.stringify(value) : text),
    note(message) {
      // What a cloud or a program has said may hold a secret.
      const line = withoutShapes(message);
      notes.push(line);
      steps.print(line);
    },
    step: <T>(title: string, work: (report: Report) => Promise<T>) => steps.run(title, work),
    get held() {
      return held;
    },
    get streamed() {
      return streamed;
    },
    notes,
  };
}

/** Takes everything and shows nothing. */
const nowhere = { write: () => true } as unknown as Sink;
