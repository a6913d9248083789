import { resolve } from "node:path";
import type { Given } from "../../../components/clouds/shared/newStack";
import { canAsk, Interrupted } from "../../../lib/interrupt";
import { repository } from "../../../lib/paths";
import { terminalStyle } from "../../../lib/terminal";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { type NewStack, newStack } from "./newStack";
import { questions } from "./questions";

/** `switchboard new-stack`: asks a few questions, checks the answers as the program does, and writes the stack's file. */
export const command: CommandSpec = {
  name: "new-stack",
  summary: "make the file of a new stack: asks what only you know and checks each answer",
  description:
    "The file is made from the committed stack of its kind and one of examples/. The program's own parser checks it, " +
    "and nothing is overwritten. Without a terminal every question without a default needs its option, and --yes.",
  stack: "none",
  options: [
    ...questions.map(({ flag, help }) => ({ flags: `--${flag} <${flag}>`, description: help })),
    { flags: "--folder <path>", description: "where to put it (default: the repository)" },
    { flags: "-y, --yes", description: "write it without asking whether it is right", default: false },
  ],
  examples: [
    ["switchboard new-stack", "asks for everything"],
    ["switchboard new-stack --example rails --where gke --size production", "asks for the rest"],
    [
      "switchboard new-stack --yes --name shop --example node-api --where local --image registry.example.com/shop:1.4.2 " +
        "--port 8080 --host shop.localhost --certificate selfSigned",
      "asks for nothing",
    ],
  ],
  access: "none",
  async run({ io, options }: Invocation) {
    const flags = Object.fromEntries(
      questions.flatMap(({ key, flag }) => {
        const value = options[flag.replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase())];
        return value === undefined ? [] : [[key, value]];
      }),
    ) as Given;
    const created = await asked(async () =>
      newStack({
        flags,
        folder: options.folder ? resolve(options.folder as string) : repository,
        yes: options.yes === true,
        style: terminalStyle(process.stderr),
        print: io.note,
        ...(canAsk() && { prompter: (await import("./terminalPrompter")).terminalPrompter }),
      }),
    );
    io.result(created, () => [
      "",
      `${created.file} is written. Next:`,
      "",
      ...created.next.map((line) => `  ${line}`),
      "",
    ]);
    return exitCodes.ok;
  },
};

async function asked(work: () => Promise<NewStack>): Promise<NewStack> {
  try {
    return await work();
  } catch (error) {
    // What @inquirer throws for Ctrl-C.
    if ((error as Error).name === "ExitPromptError") throw new Interrupted();
    throw error;
  }
}
