import { kindOf } from "./kinds";
import type { Answers } from "./questions";

/** What shows a new stack, without an account and without a network. */
export function previewCommand({ name }: Pick<Answers, "name">): string {
  return `npx switchboard preview ${name}`;
}

/** What is to be done with a new stack, one command or sentence a line; a sentence starts with `#`. */
export function nextCommands(answers: Answers): string[] {
  const { name } = answers;
  const kind = kindOf(answers);
  const preview = previewCommand(answers);
  const up = [`# ${kind.up}`, `npx switchboard up ${name}`];
  const state = kind.state?.(answers);
  if (!state) return ["# look at it", preview, ...up];
  return [
    "# once: where the state is kept, for everyone who deploys",
    `pulumi login ${state.backend}`,
    "# once: the stack, its secrets encrypted with a key of the cloud",
    `pulumi stack init ${name} --secrets-provider "${state.secretsProvider}"`,
    "# look at it; this asks nobody",
    preview,
    ...up,
  ];
}
