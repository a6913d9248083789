import type { Given, Question } from "../../../components/clouds/shared/newStack";
import { UserError } from "../../../lib/userError";
import { answerProblem, nameProblem, type Place } from "./check";
import { imageProblem } from "./ownApps";
import { type Answers, applying, questions } from "./questions";

/** How questions are asked. Tests give their own. */
export interface Prompter {
  /** @param problem what is wrong with an answer, if anything */
  ask(question: Question, given: Given, problem: (answer: string) => string | undefined): Promise<string>;
  confirm(message: string): Promise<boolean>;
}

/**
 * The answers from flags and questions, each checked as it comes.
 *
 * @param stacks names that are taken
 * @throws UserError naming what is wrong with a flag, or the flags that are missing where nobody can be asked
 */
export async function collect(
  flags: Given,
  prompter: Prompter | undefined,
  stacks: readonly string[],
  place: Place,
): Promise<Answers> {
  let given: Given = {};
  // An answer that is wrong counts no further, but for which questions come: all that is wrong is told at once.
  let said: Given = {};
  const missing: Question[] = [];
  const wrong: string[] = [];
  for (const question of questions) {
    if (question.applies && !question.applies(said)) continue;
    const problem = (answer: string) => problemWith(question, { ...given, [question.key]: answer }, stacks, place);
    let answer = flags[question.key];
    // What is taken where nobody is asked can be wrong beside the other answers.
    if (answer === undefined && !prompter && question.optional) answer = question.suggestion?.(given);
    const found = answer === undefined ? undefined : problem(answer);
    if (found) {
      wrong.push(`--${question.flag}: ${found}`);
      said = { ...said, [question.key]: answer };
      // Nobody answers questions only to be told at the end that a flag was wrong.
      if (prompter) break;
      continue;
    }
    if (answer === undefined && prompter) answer = await prompter.ask(question, given, problem);
    if (answer === undefined) missing.push(question);
    else {
      given = { ...given, [question.key]: answer };
      said = { ...said, [question.key]: answer };
    }
  }
  // What the answers after it decide cannot be said while one is missing or wrong.
  const useless = Object.keys(flags).filter((key) => !applying(given).some((question) => question.key === key));
  for (const key of missing.length + wrong.length > 0 ? [] : useless) {
    wrong.push(
      `--${questions.find((question) => question.key === key)!.flag}: has no use with these answers; leave it out`,
    );
  }
  if (wrong.length + missing.length > 0) {
    const asked =
      wrong.length > 0 ? "these flags are missing" : "there is no terminal to ask on, and these flags are missing";
    const lines = missing.map(({ flag, help }) => `  --${flag.padEnd(18)}${help}`);
    throw new UserError(
      [...wrong, ...(missing.length > 0 ? [`${asked}:`, ...lines] : [])].join("\n"),
      missing.length === 0
        ? "correct it; nothing was written"
        : `${wrong.length > 0 ? "correct and give them" : "give them"}, or run it on a terminal; nothing was written`,
    );
  }
  return given as Answers;
}

function problemWith(question: Question, given: Given, stacks: readonly string[], place: Place): string | undefined {
  const answer = String(given[question.key]);
  if (question.key === "name") return nameProblem(answer, stacks);
  const allowed = question.choices?.(given).map(({ value }) => value);
  if (allowed && !allowed.includes(answer) && question.key !== "directory") {
    return `${JSON.stringify(answer)} is not one of the answers; use ${allowed.join(", ")}`;
  }
  if (!given.where || question.settings.length === 0) return undefined;
  return imageProblem(question, given) ?? answerProblem(question, given, place);
}
