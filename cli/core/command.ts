import type { Target } from "../../engine/stack/target";
import type { TextStyle } from "../../lib/terminal";

/** What scripts can trust. */
export const exitCodes = {
  /** It was done, or the answer is yes. */
  ok: 0,
  /** It could not be done; the error says why. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** It was done and the answer is no: not healthy, drifted, a check that failed, a preview in danger. */
  no: 3,
  /** Nobody said a clear yes. */
  refused: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Says what a long step is doing right now. */
export type Report = (line: string) => void;

/** How a command speaks. Results go to stdout, all else to stderr, so that a pipe holds results only. */
export interface Io {
  readonly style: TextStyle;
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Aborted by Ctrl-C; commands end what they started and return. */
  readonly signal: AbortSignal;
  /** The command's result: `value` as one JSON document with `--json`, the lines otherwise. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** One line of a stream (`logs --follow`): with `--json` the value as one line of JSON, the text otherwise. */
  line(value: unknown, text: string): void;
  /** For a person, on stderr; also with `--json`. */
  note(line: string): void;
  /** A step with progress, on stderr. */
  step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T>;
}

/** An argument or an option, in commander's notation. */
export interface OptionSpec {
  /** `-f, --follow`, `--since <duration>` */
  readonly flags: string;
  readonly description: string;
  readonly default?: string | boolean;
  /** The only values that are allowed; also what completion offers. */
  readonly choices?: readonly string[];
  /** Checks and converts a value. @throws Error with what is allowed */
  readonly parse?: (value: string) => unknown;
  /** May be given several times; the value is then a list. */
  readonly repeatable?: boolean;
}

export interface ArgumentSpec {
  /** `<tier>`, `[tiers...]` */
  readonly name: string;
  readonly description: string;
  /** The only values that are allowed; also what completion offers. */
  readonly choices?: readonly string[];
  /** Whether the choices are those that every stack has, and a stack may have more. @default false */
  readonly open?: boolean;
}

/** One call of a command. */
export interface Invocation {
  readonly io: Io;
  /** The stack that was named, `dev` unless one was. */
  readonly target: Target;
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By name in camel case; `--` and what follows it is in `rest`. */
  // biome-ignore lint/suspicious/noExplicitAny: each command knows its own options
  readonly options: Readonly<Record<string, any>>;
  readonly rest: readonly string[];
  /**
   * Asks before something is changed that is no production (which the command line has asked for already); `--yes`
   * answers it.
   *
   * @param always asks for production too: before something that is shown only now, as the changes of an `up`
   * @throws the refusal that exits with `exitCodes.refused`
   */
  confirm(question: string, options?: { readonly always?: boolean }): Promise<void>;
}

/** What a command does to what runs: nothing (files and price lists only), looks, or acts. */
export type Access = "none" | "read" | "write";

/** What decides the access of one call. */
export type Call = Pick<Invocation, "arguments" | "options" | "rest">;

/**
 * A command of `switchboard`. Help, completion, `--json`, `--stack`, exit codes and the question before production come
 * from `cli/core`; a command says what it is and does its own work.
 */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, in sentences. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** A command line, and what it is for. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /**
   * What it does to what runs: nothing (`none`: files and price lists only), looks (`read`), or acts (`write`).
   * For a stack of production the last two need a clear yes: `--production NAME`, or the answer to a question.
   */
  readonly access: Access;
  /** The access of one call, where options or arguments make it another one than `access`, the most of it. */
  readonly accessOf?: (call: Call) => Access;
  /**
   * How the stack is named: as `[stack]` or with `--stack` (`argument`), with `--stack` only (`option`), or not at all.
   * @default argument for a command that declares no arguments of its own, else option
   */
  readonly stack?: "argument" | "option" | "none";
  /** Whether the stack may be the path of a `Pulumi.<stack>.yaml` that lies elsewhere. @default false */
  readonly stackFiles?: boolean;
  /** Whether the name of an example, where there is no such stack, makes one of it. @default false */
  readonly fromExamples?: boolean;
  /** What follows the command's first word belongs to another program, which writes on stdout itself. @default false */
  readonly passThrough?: boolean;
  /** A file of the logs' folder that its steps and notes are written to as well, with the time of day. */
  readonly log?: string;
  run(invocation: Invocation): Promise<ExitCode>;
}
