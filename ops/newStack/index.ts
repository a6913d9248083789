import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { repository } from "../../local/support/paths";
import { runMain } from "../../local/support/refusal";
import { terminalStyle } from "../../local/support/terminal";
import { newStack } from "./newStack";
import { type Given, questions } from "./questions";

const help = `
Without a terminal every question needs its flag, and --yes. Exit codes: 0 written, 1 refused (nothing was written),
2 the command line is wrong, 130 interrupted.
`;

/** `npm run new-stack`: asks a few questions, checks the answers as the program does, and writes Pulumi.<name>.yaml. */
async function main(): Promise<void> {
  const program = new Command("npm run new-stack --")
    .description("Makes the file of a new stack from the committed stack of its kind.")
    .option("--yes", "write it without asking whether it is right", false)
    .option("--folder <path>", "where to put it (default: the repository)");
  for (const { flag, help: words } of questions) program.option(`--${flag} <${flag}>`, words);
  program.configureHelp({ helpWidth: terminalStyle().width }).addHelpText("after", help).exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  const given = program.opts<Record<string, string>>();
  const flags = Object.fromEntries(
    questions.flatMap(({ key, flag }) => {
      const value = given[flag.replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase())];
      return value === undefined ? [] : [[key, value]];
    }),
  ) as Given;
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  try {
    await newStack({
      flags,
      folder: given.folder ? resolve(process.env.INIT_CWD ?? ".", given.folder) : repository,
      yes: program.opts<{ yes: boolean }>().yes,
      style: terminalStyle(),
      print: (text) => process.stdout.write(`${text}\n`),
      ...(interactive && { asker: (await import("./terminalAsker")).terminalAsker }),
    });
  } catch (error) {
    // What @inquirer throws for Ctrl-C.
    if ((error as Error).name !== "ExitPromptError") throw error;
    process.stderr.write("\nInterrupted; nothing was written.\n");
    process.exitCode = 130;
  }
}

if (require.main === module) runMain(main);
