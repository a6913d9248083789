import { confirm, input, select } from "@inquirer/prompts";
import type { Asker } from "./collect";

/** Asks on the terminal; an answer that is wrong is refused at once, with the reason. */
export const terminalAsker: Asker = {
  async ask({ message, choices, suggestion, key }, given, problem) {
    const suggested = suggestion?.(given);
    if (!choices) {
      const validate = (answer: string) => problem(answer.trim()) ?? true;
      const answer = await input({ message, validate, ...(suggested !== undefined && { default: suggested }) });
      return answer.trim();
    }
    for (;;) {
      const options = choices(given).map(({ value, name }) => ({ value, name: `${value}  ${name}`, short: value }));
      const answer = await select({
        message,
        choices: options,
        ...(suggested !== undefined && { default: suggested }),
      });
      const found = problem(answer);
      if (!found) return answer;
      process.stdout.write(`  ${key}: ${found}\n`);
    }
  },
  confirm: (message) => confirm({ message, default: true }),
};
