import { Command, Argument as CommanderArgument, CommanderError, InvalidArgumentError } from "commander";
import type { TextStyle } from "../../lib/terminal";
import { painter, wrapLine } from "../../lib/text";
import type { Catalog } from "./catalog";
import { grouped } from "./catalog";
import { type CommandSpec, exitCodes } from "./command";
import { UsageError } from "./failure";
import { addOption, argumentName, argumentsOf, commonOptions, programOptions } from "./options";

/** What a command line says. */
export type Parsed =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "call";
      readonly spec: CommandSpec;
      readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly options: Readonly<Record<string, unknown>>;
    };

export interface ProgramOptions {
  readonly catalog: Catalog;
  /** The command that the line names, if it names one that exists. */
  readonly spec: CommandSpec | undefined;
  readonly version: string;
  readonly style: TextStyle;
}

/** What each exit code means, as help and documentation say it. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, "done, or the answer is yes"],
  [exitCodes.failed, "it could not be done; the error says why and what to do"],
  [exitCodes.usage, "the command line is wrong"],
  [exitCodes.no, "done, and the answer is no: not healthy, drifted, a check that failed, a dangerous preview"],
  [exitCodes.refused, "there was no clear yes; nothing was done"],
  [exitCodes.interrupted, "interrupted; what ran has ended cleanly"],
];

/**
 * Reads a command line. Only the command that is named is known in full; the others are names with a summary.
 * @throws UsageError with what is wrong and where to read on
 */
export function parse(argv: readonly string[], options: ProgramOptions): Parsed {
  const { spec } = options;
  let printed = "";
  let call: Parsed | undefined;
  const program = programOf(options);
  const subcommand = program.commands.find((command) => command.name() === spec?.name);
  subcommand?.action((..._: unknown[]) => {
    const given = Object.fromEntries(
      argumentsOf(spec!).map(({ name }, index) => [argumentName(name), subcommand.processedArgs[index]]),
    );
    call = {
      kind: "call",
      spec: spec!,
      arguments: given,
      options: { ...subcommand.opts(), ...givenOptions(program), ...givenOptions(subcommand) },
    };
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => {},
      getOutHelpWidth: () => options.style.width,
      getErrHelpWidth: () => options.style.width,
      getOutHasColors: () => options.style.colours,
    });
    command.exitOverride();
  }
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "text", text: printed };
    if (error.code === "commander.help") throw noCommand();
    throw new UsageError(sentence(error.message), spec ? `switchboard ${spec.name} --help` : "switchboard --help");
  }
  if (call) return call;
  throw noCommand();
}

function noCommand(): UsageError {
  return new UsageError("no command was given", "name one of these; switchboard <command> --help says more");
}

/** Commander's words without their prefix, the suggestion on the same line. */
function sentence(message: string): string {
  return message.replace(/^error: (command-argument value )?/, "").replace(/\n\(/, " (");
}

/** The options that the command line has, without defaults. */
function givenOptions(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}

function programOf({ catalog, spec, version, style }: ProgramOptions): Command {
  const program = new Command("switchboard")
    .usage("<command> [stack] [options]")
    .description("Brings the platform of this repository up, and answers the daily questions about it.")
    .helpCommand(false)
    .enablePositionalOptions()
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help, for a command too");
  for (const option of programOptions) addOption(program, option);
  for (const { name, summary } of catalog) {
    const command = program.command(name).summary(summary).allowExcessArguments(false);
    if (name === spec?.name) describe(command, spec, style);
  }
  program.configureHelp({ formatHelp: () => overview({ catalog, spec, version, style }) });
  return program;
}

function describe(command: Command, spec: CommandSpec, style: TextStyle): void {
  command.description(capital(`${spec.summary}.${spec.description ? ` ${spec.description}` : ""}`));
  for (const { name, description, choices, open } of argumentsOf(spec)) {
    const argument = new CommanderArgument(name, description);
    if (choices) {
      argument.argParser((value: string, before: unknown) => {
        if (!open && !choices.includes(value)) throw new InvalidArgumentError(`Allowed: ${choices.join(", ")}.`);
        return name.includes("...") ? [...(Array.isArray(before) ? before : []), value] : value;
      });
      argument.argChoices = [...choices];
    }
    command.addArgument(argument);
  }
  for (const option of [...(spec.options ?? []), ...commonOptions(spec)]) addOption(command, option);
  if (spec.passThrough) command.passThroughOptions();
  command.configureHelp({ helpWidth: style.width, minWidthToWrap: 20, showGlobalOptions: false });
  command.addHelpText("after", () => `\n${[...examples(spec, style), "", ...codes(style)].join("\n")}`);
}

function examples(spec: CommandSpec, style: TextStyle): string[] {
  const paint = painter(style.colours);
  return [
    "Examples:",
    ...spec.examples.flatMap(([line, meaning]) => [
      ...wrapLine(`  ${line}`, style.width, 6),
      ...wrapLine(`      ${meaning}`, style.width, 6).map((text) => paint("dim", text)),
    ]),
  ];
}

function codes(style: TextStyle): string[] {
  return [
    "Exit codes:",
    ...exitCodeMeanings.flatMap(([code, meaning]) => wrapLine(`  ${String(code).padEnd(5)}${meaning}`, style.width, 7)),
  ];
}

/** What `switchboard --help` shows. */
export function overview({ catalog, version, style }: ProgramOptions): string {
  const paint = painter(style.colours);
  const widest = Math.max(...catalog.map(({ name }) => name.length)) + 2;
  const row = (left: string, right: string, column: number) =>
    wrapLine(`  ${left.padEnd(column)}${right}`, style.width, column + 2);
  const options: readonly (readonly [string, string])[] = [
    ...programOptions.map(({ flags, description }) => [flags, description] as const),
    ["-V, --version", "print the version"],
    ["-h, --help", "show help; switchboard <command> --help shows examples"],
  ];
  return [
    ...wrapLine(
      `switchboard ${version}: brings the platform up, and answers the daily questions about it.`,
      style.width,
    ),
    "",
    "Usage: switchboard <command> [stack] [options]",
    ...grouped(catalog).flatMap(([group, entries]) => [
      "",
      paint("bold", group),
      ...entries.flatMap(({ name, summary }) => row(name, summary, widest)),
    ]),
    "",
    paint("bold", "Options"),
    ...options.flatMap(([flags, description]) => row(flags, description, 23)),
    "",
    paint("bold", "Exit codes"),
    ...exitCodeMeanings.flatMap(([code, meaning]) => row(String(code), meaning, 5)),
    "",
    ...wrapLine("Results are on stdout, everything else on stderr. docs/commands.md says more.", style.width),
    "",
  ].join("\n");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
