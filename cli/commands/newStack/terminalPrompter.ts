import { confirm, input, select } from "@inquirer/prompts";
import { textOf } from "../../../components/clouds/shared/newStack";
import type { Prompter } from "./collect";

/** Questions go to stderr, because stdout holds results. */
const terminal = { output: process.stderr };

/** Asks on the terminal; an answer that is wrong is refused at once, with the reason. */
export const terminalPrompter: Prompter = {
  async ask({ message: asked, choices, suggestion, key }, given, problem) {
    const message = textOf(asked, given);
    const suggested = suggestion?.(given);
    if (!choices) {
      const validate = (answer: string) => problem(answer.trim()) ?? true;
      const own = { message, validate, ...(suggested !== undefined && { default: suggested }) };
      const answer = await input(own, terminal);
      return answer.trim();
    }
    for (;;) {
      const options = choices(given).map(({ value, name }) => ({ value, name: `${value}  ${name}`, short: value }));
      const own = { message, choices: options, ...(suggested !== undefined && { default: suggested }) };
      const answer = await select(own, terminal);
      const found = problem(answer);
      if (!found) return answer;
      process.stderr.write(`  ${key}: ${found}\n`);
    }
  },
  confirm: (message) => confirm({ message, default: true }, terminal),
};
