import { type Command, InvalidArgumentError, Option } from "commander";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command";

/** Options that every command has. */
const everywhere: readonly OptionSpec[] = [
  { flags: "--json", description: "print the result as JSON, an error too" },
  { flags: "-q, --quiet", description: "no progress and no notes on stderr" },
  { flags: "--no-color", description: "no colours (so do NO_COLOR and TERM=dumb; FORCE_COLOR asks for them)" },
];

const stackOption: OptionSpec = {
  flags: "-s, --stack <name>",
  description: "the stack (default: SWITCHBOARD_STACK, or dev)",
};

const production: OptionSpec = {
  flags: "--production <stack>",
  description: "say yes to this stack of production (or set SWITCHBOARD_PRODUCTION)",
};

const yes: OptionSpec = { flags: "-y, --yes", description: "answer yes beforehand; for production it is not enough" };

/** How a command takes its stack. */
export function stackUse({ stack, arguments: declaredArguments }: CommandSpec): "argument" | "option" | "none" {
  return stack ?? (declaredArguments?.length ? "option" : "argument");
}

/** Options that a command has because of what it is: those that it declares itself are not here. */
export function commonOptions(spec: CommandSpec): OptionSpec[] {
  const declared = new Set((spec.options ?? []).map(({ flags }) => longOf(flags)));
  return [
    ...(stackUse(spec) === "none" ? [] : [stackOption]),
    ...((spec.access === "none" && !spec.accessOf) || stackUse(spec) === "none" ? [] : [production]),
    ...(spec.access === "write" ? [yes] : []),
    ...everywhere,
  ].filter(({ flags }) => !declared.has(longOf(flags)));
}

/** Options of `switchboard` itself, which may also stand before the command. */
export const programOptions: readonly OptionSpec[] = [stackOption, production, ...everywhere];

/** Arguments of a command, with the stack where it is one. */
export function argumentsOf(spec: CommandSpec): ArgumentSpec[] {
  const description = spec.stackFiles
    ? "the stack's name, or the path of a Pulumi.<stack>.yaml (default: SWITCHBOARD_STACK, or dev)"
    : "the stack (default: SWITCHBOARD_STACK, or dev)";
  return [...(stackUse(spec) === "argument" ? [{ name: "[stack]", description }] : []), ...(spec.arguments ?? [])];
}

/** `--since <duration>` is `--since`. */
export function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

/** `[tiers...]` is `tiers`. */
export function argumentName(name: string): string {
  return name.replace(/[<>[\].]/g, "");
}

/** Adds an option to a command of commander. */
export function addOption(command: Command, spec: OptionSpec): void {
  const option = new Option(spec.flags, spec.description);
  const { choices, parse, repeatable } = spec;
  if (choices || parse || repeatable) {
    option.argParser((value: string, before: unknown) => {
      const parsed = checked(value, spec);
      return repeatable ? [...(Array.isArray(before) ? before : []), parsed] : parsed;
    });
  }
  // Shown in the help, and offered by completion.
  if (choices) option.argChoices = [...choices];
  // A command gets what it would get if the default had been typed.
  const shown = spec.default;
  if (shown !== undefined) option.default(parse && typeof shown === "string" ? parse(shown) : shown, String(shown));
  command.addOption(option);
}

function checked(value: string, { choices, parse }: OptionSpec): unknown {
  if (choices && !choices.includes(value)) {
    throw new InvalidArgumentError(`Allowed: ${choices.join(", ")}.`);
  }
  if (!parse) return value;
  try {
    return parse(value);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
