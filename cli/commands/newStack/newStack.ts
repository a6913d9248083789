import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Given } from "../../../components/clouds/shared/newStack";
import { type Change, removed } from "../../../components/schema/change";
import { localContext } from "../../../engine/stack/localNodes";
import { layersAt, layersIn } from "../../../engine/stack/stackFile";
import { repository } from "../../../lib/paths";
import type { TextStyle } from "../../../lib/terminal";
import { painter, wrapLine } from "../../../lib/text";
import { NotConfirmed, UserError } from "../../../lib/userError";
import { assemble, changesOf } from "./assemble";
import { baseText } from "./base";
import { checkText, type Place } from "./check";
import { collect, type Prompter } from "./collect";
import { kindOf } from "./kinds";
import { nextCommands, previewCommand } from "./next";
import type { Answers } from "./questions";

/** What a run is given besides the answers. */
export interface NewStackOptions {
  /** Where the file is put. */
  readonly folder: string;
  readonly flags: Given;
  /** Absent where nobody can be asked. */
  readonly prompter?: Prompter;
  /** Write without asking whether it is right. */
  readonly yes: boolean;
  readonly style: TextStyle;
  /** Shows the answers before the question whether they are right. */
  readonly print: (text: string) => void;
}

/** What was written. */
export interface NewStack {
  readonly name: string;
  readonly file: string;
  /** What to do now, one command or sentence a line. */
  readonly next: readonly string[];
}

/**
 * Makes the file of a new stack.
 * @throws NotConfirmed where nobody has said that it is right, and UserError naming the flags that are missing, or what is wrong with an answer; nothing is written then
 */
export async function newStack({ folder, flags, prompter, yes, style, print }: NewStackOptions): Promise<NewStack> {
  const place: Place = {
    root: repository,
    path: process.env.PATH ?? "",
    now: new Date(),
    known: { usedPorts: usedPorts(folder), images: pinnedImages() },
    ...(process.env.KUBECONFIG !== undefined && { kubeconfig: process.env.KUBECONFIG }),
  };
  const stacks = stacksIn(folder);
  const answers = await collect(flags, prompter, stacks, place);
  const base = baseText(answers, place.root);
  const changes = changesOf(answers, place.known);
  const text = assemble(base, titleOf(answers), changes, `# Next: ${previewCommand(answers)}`);
  const { problems, warnings } = checkText(text, answers, place);
  if (problems.length > 0) {
    throw new UserError(
      [`this stack would not be accepted:`, ...problems.map((problem) => `  ${problem}`)].join("\n"),
      "give other answers; nothing was written",
    );
  }
  const file = join(folder, `Pulumi.${answers.name}.yaml`);
  print(summary(file, answers, shownChanges(base, changes), warnings, style));
  if (!yes) {
    if (!prompter)
      throw new NotConfirmed("there is no terminal on which you could confirm this", "give --yes; nothing was written");
    if (!(await prompter.confirm("Write it?"))) {
      throw new NotConfirmed("nothing was written", "start again, or give --yes");
    }
  }
  write(file, text);
  return { name: answers.name, file, next: nextCommands(answers) };
}

/** What a stack is made from, in words. */
function sourceOf(answers: Answers): string {
  return `Pulumi.${kindOf(answers).base}.yaml and examples/${answers.example}`;
}

function titleOf(answers: Answers): string {
  const { name, size } = answers;
  return [
    `# Stack ${name}: ${kindOf(answers).place}, ${size === "production" ? "for production" : "small"}. Made by switchboard new-stack from ${sourceOf(answers)}.`,
    "# Every setting with its default and meaning: docs/settings.md. Stacks differ by values only, in the same order.",
  ].join("\n");
}

function stacksIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}

// biome-ignore lint/suspicious/noExplicitAny: a stack's settings, before anything has checked them
function configIn(folder: string, stack: string): Record<string, any> {
  return layersAt(join(folder, `Pulumi.${stack}.yaml`));
}

/** Production wants images by their digests, and the committed production stack has tried ones. */
function pinnedImages(): { postgres: string; edge: string } {
  const config = configIn(repository, "prod");
  return { postgres: config.postgres.image, edge: config.edge.image };
}

/** The ports of the loopback interface that other stacks use on the local nodes. */
function usedPorts(folder: string): number[] {
  return stacksIn(folder).flatMap((stack) => {
    const config = configIn(folder, stack);
    if (config.cluster?.context !== localContext) return [];
    const { httpsPort, httpPort } = config.edge ?? {};
    return [httpsPort, httpPort].filter((port) => typeof port === "number");
  });
}

/** The changes that are some: key, value in the base, value now. */
function shownChanges(base: string, changes: readonly Change[]): [string, string][] {
  const config = layersIn(base, "the base");
  const rows = changes.flatMap(([path, value]): [string, string][] => {
    const [layer, ...keys] = path.split(".");
    const before = keys.reduce<unknown>(
      (here, key) => (here as Record<string, unknown> | undefined)?.[key],
      config[layer!],
    );
    if (value === removed) return before === undefined ? [] : [[path, "(left out)"]];
    return JSON.stringify(before) === JSON.stringify(value) ? [] : [[path, shown(value)]];
  });
  // In the order of the file, as it will be read.
  const layers = Object.keys(config);
  const place = ([path]: readonly [string, string]) => layers.indexOf(path.split(".")[0]!);
  return [...new Map(rows)].sort((a, b) => place(a) - place(b));
}

function shown(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }).trim();
}

function summary(
  file: string,
  answers: Answers,
  rows: readonly [string, string][],
  warnings: readonly string[],
  style: TextStyle,
): string {
  const paint = painter(style.colours);
  const widest = Math.max(...rows.map(([key]) => key.length));
  return [
    "",
    ...wrapLine(`${file} will be ${sourceOf(answers)} with these values:`, style.width),
    "",
    ...rows.flatMap(([key, value]) => wrapLine(`  ${key.padEnd(widest)}  ${value}`, style.valueWidth, widest + 4)),
    "",
    ...warnings.flatMap((text) => wrapLine(`warning: ${text}`, style.width, 2).map((line) => paint("yellow", line))),
    ...(warnings.length > 0 ? [""] : []),
  ].join("\n");
}

function write(file: string, text: string): void {
  try {
    // `wx` fails where the file exists, also when it came meanwhile.
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UserError(`${file} exists already`, "choose another name; nothing was overwritten");
  }
}
