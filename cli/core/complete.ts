import type { Catalog } from "./catalog";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command";
import { argumentName, argumentsOf, commonOptions, programOptions } from "./options";

/** What a shell may offer at the cursor. */
export interface Completion {
  readonly candidates: readonly { readonly value: string; readonly description: string }[];
  /** Whether the shell offers names of files as well. */
  readonly files: boolean;
}

const nothing: Completion = { candidates: [], files: false };
const files: Completion = { candidates: [], files: true };

/** Placeholders whose value is a path. */
const paths = /<(file|folder|path|directory|dir|cert-?file|key-?file)>/i;
/** Placeholders whose value is the name of a stack. */
const stackNames = /<(stack|stacks)>|^-s, --stack /i;

/**
 * What may stand at the cursor. At most one command is loaded: the one that the line names.
 *
 * @param words what stands before the cursor, after `switchboard`; the last one is what is being typed, maybe empty
 */
export async function complete(
  words: readonly string[],
  catalog: Catalog,
  stacks: () => readonly string[],
): Promise<Completion> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? "";
  // The words after it are another program's.
  if (before.includes("--")) return files;
  const at = commandAt(before);
  const entry = catalog.find(({ name }) => name === before[at]);
  if (at < 0 || before[at] === "help") {
    if (at < 0 && (typed.startsWith("-") || optionWithValue(before.at(-1), programOptions))) {
      return optionOrValue(before, typed, programOptions, stacks) ?? nothing;
    }
    return among(
      catalog.map(({ name, summary }) => [name, summary]),
      typed,
    );
  }
  if (!entry) return nothing;
  const spec = await entry.load();
  const commandWords = before.slice(at + 1);
  const options = [...(spec.options ?? []), ...commonOptions(spec)];
  const positionals = positionalsOf(commandWords, options);
  if (spec.passThrough && positionals.length > 0) return nothing;
  return optionOrValue(commandWords, typed, options, stacks) ?? argumentAt(spec, positionals.length, typed, stacks);
}

/** Place of the command's name; below zero where none was typed. */
function commandAt(before: readonly string[]): number {
  return before.findIndex((word, at) => !word.startsWith("-") && !optionWithValue(before[at - 1], programOptions));
}

/** The option that a word names, if it takes a value that is not in the word itself. */
function optionWithValue(word: string | undefined, options: readonly OptionSpec[]): OptionSpec | undefined {
  if (!word?.startsWith("-") || word.includes("=")) return undefined;
  return options.find(({ flags }) => flags.includes("<") && flags.split(/[ ,]+/).includes(word));
}

function positionalsOf(words: readonly string[], options: readonly OptionSpec[]): string[] {
  return words.filter((word, at) => !word.startsWith("-") && !optionWithValue(words[at - 1], options));
}

/** An option or its value; undefined where an argument stands at the cursor. */
function optionOrValue(
  before: readonly string[],
  typed: string,
  options: readonly OptionSpec[],
  stacks: () => readonly string[],
): Completion | undefined {
  const [name = "", start] = typed.startsWith("--") ? splitAt(typed, "=") : [typed, undefined];
  if (start !== undefined) {
    const { candidates, files } = valuesOf(optionWithValue(name, options), start, stacks);
    return { files, candidates: candidates.map((one) => ({ ...one, value: `${name}=${one.value}` })) };
  }
  const waiting = optionWithValue(before.at(-1), options);
  if (waiting) return valuesOf(waiting, typed, stacks);
  if (!typed.startsWith("-")) return undefined;
  const offered = options
    .filter(({ repeatable, flags }) => repeatable || !before.some((word) => flags.split(/[ ,]+/).includes(word)))
    .map(({ flags, description }): [string, string] => [/--[\w-]+/.exec(flags)?.[0] ?? flags, description]);
  return among([...offered, ["--help", "show help and examples"]], typed);
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function valuesOf(option: OptionSpec | undefined, typed: string, stacks: () => readonly string[]): Completion {
  if (!option) return nothing;
  if (option.choices) return plain(option.choices, typed);
  if (stackNames.test(option.flags)) return plain(stacks(), typed);
  return paths.test(option.flags) ? files : nothing;
}

function argumentAt(spec: CommandSpec, index: number, typed: string, stacks: () => readonly string[]): Completion {
  const list = argumentsOf(spec);
  const last = list.at(-1);
  const argument: ArgumentSpec | undefined = list[index] ?? (last?.name.includes("...") ? last : undefined);
  if (!argument) return nothing;
  if (argument.choices) return plain(argument.choices, typed);
  if (argumentName(argument.name) !== "stack" && !spec.passThrough) return nothing;
  return { ...plain(stacks(), typed), files: spec.stackFiles === true };
}

function plain(values: readonly string[], typed: string): Completion {
  return among(
    values.map((value) => [value, ""]),
    typed,
  );
}

function among(pairs: readonly (readonly [value: string, description: string])[], typed: string): Completion {
  const candidates = pairs.filter(([value]) => value.startsWith(typed));
  return { files: false, candidates: candidates.map(([value, description]) => ({ value, description })) };
}

/** The answer as the shells' scripts read it: `value<TAB>description` lines, and last whether files are offered. */
export function answerOf({ candidates, files: wanted }: Completion): string {
  const lines = candidates.map(({ value, description }) => `${value}\t${description.replace(/\s+/g, " ")}`);
  return `${[...lines, wanted ? ":files" : ":"].join("\n")}\n`;
}
