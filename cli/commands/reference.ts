import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../lib/paths";
import { wrapLine } from "../../lib/text";
import { runMain } from "../../lib/userError";
import { type Catalog, grouped } from "../core/catalog";
import type { Access, CommandSpec, OptionSpec } from "../core/command";
import { argumentsOf, commonOptions, programOptions, stackUse } from "../core/options";
import { exitCodeMeanings } from "../core/program";
import { catalog as commands } from ".";

/** Path of the reference in the repository. */
export const referenceFile = join("docs", "commands.md");

const accesses: Readonly<Record<Access, string>> = {
  none: "none: it reads files and price lists only",
  read: "read: it looks at what runs",
  write: "write: it can change what runs",
};

/** The reference of all commands as Markdown, from what they say of themselves. */
export async function commandReference(catalog: Catalog = commands): Promise<string> {
  const specs = new Map(
    await Promise.all(catalog.map(async ({ name, load }) => [name, await load()] as [string, CommandSpec])),
  );
  const overview = grouped(catalog).map(
    ([group, entries]) =>
      `| ${group} | ${entries.map(({ name }) => `[\`${name}\`](#switchboard-${name})`).join(", ")} |`,
  );
  const sections = catalog.map(({ name }) => sectionOf(specs.get(name)!));
  return `${[introduction, overview.join("\n"), "", rules, ...sections].join("\n").trimEnd()}\n`;
}

const introduction = `# Commands

Made from the commands' own descriptions (\`cli/commands\`) by \`npm run commands\`; change them there.

\`\`\`sh
npx switchboard <command> [stack] [options]     # anywhere in the checkout, after npm ci
npm run up -- dev --nodes 2                     # npm scripts of the same names, for most of them
npm link                                        # makes it plain switchboard, in every folder
\`\`\`

\`switchboard --help\` lists the commands. \`switchboard <command> --help\` shows options and examples.
\`switchboard completion bash\` (zsh, fish, powershell) prints what a shell needs to complete them.

| For | Commands |
|---|---|`;

const rules = `## What holds for every command

**Streams.** Results go to stdout. Everything else (progress, notes, questions, errors) goes to stderr. If the reader of stdout
ends (\`switchboard logs | head\`), the command ends cleanly, with exit code 0.

**JSON.** With \`--json\` stdout holds exactly one JSON document, or one line of JSON for each line of a stream. A failure is
a document too: \`{"error": {"message": "…", "todo": "…", "log": "…"}}\`. \`log\` is there only if a log file exists.

**Stack.** A command takes the stack from its argument \`[stack]\`, else from \`--stack\`, else from \`SWITCHBOARD_STACK\`. Otherwise
it is \`dev\`.

**Production.** A stack is production if its \`operations.protect\` is true, or if its name or its \`operations.stage\` starts
with \`prod\`. Before a command reads or changes such a stack, it needs a clear yes. Give \`--production <stack>\` with its
name, set \`SWITCHBOARD_PRODUCTION=<stack>\`, or answer on the terminal. Type the stack's name if the command can change
something, and "yes" if it only reads. \`--yes\` answers only the questions that come after that.

**Colours** are used on a terminal only; \`--no-color\`, \`NO_COLOR\` and \`TERM=dumb\` turn them off, \`FORCE_COLOR\` on.

**Exit codes.**

| Code | Meaning |
|---|---|
${exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`).join("\n")}

\`console\` and \`run\` exit with the exit code of what they ran, \`pulumi\` with that of the Pulumi CLI.

Options of every command:

${optionTable(programOptions.filter(({ flags }) => !/--(stack|production)/.test(flags)))}
`;

function sectionOf(spec: CommandSpec): string {
  const own = spec.options ?? [];
  const common = commonOptions(spec).filter(({ flags }) => !programOptions.some((option) => option.flags === flags));
  const words = argumentsOf(spec);
  const line = ["switchboard", spec.name, ...words.map(({ name }) => name), "[options]"].join(" ");
  const stack = stackUse(spec) === "option" ? " The stack is named with `--stack`." : "";
  const most = spec.accessOf ? " (at most; the options decide)" : "";
  return [
    `## switchboard ${spec.name}`,
    "",
    `\`${line}\`: ${spec.summary}.`,
    "",
    ...(spec.description ? [...wrapLine(`${markdown(spec.description)}${stack}`, 120, 0), ""] : []),
    `Access: ${accesses[spec.access]}${most}.`,
    "",
    ...(words.length > 0
      ? [
          "| Argument | Meaning |",
          "|---|---|",
          ...words.map(({ name, description, choices }) => row(name, meaningOf({ description, choices }))),
          "",
        ]
      : []),
    ...(own.length + common.length > 0 ? [optionTable([...own, ...common]), ""] : []),
    "```sh",
    ...spec.examples.flatMap(([command, meaning]) => [`# ${meaning}`, command]),
    "```",
    "",
  ].join("\n");
}

function optionTable(options: readonly OptionSpec[]): string {
  return ["| Option | Meaning |", "|---|---|", ...options.map((option) => row(option.flags, meaningOf(option)))].join(
    "\n",
  );
}

function meaningOf(option: Pick<OptionSpec, "description" | "choices" | "default" | "repeatable">): string {
  const { description, choices, default: preset, repeatable } = option;
  const parts = [
    ...(choices ? [`one of ${choices.map((choice) => `\`${choice}\``).join(", ")}`] : []),
    ...(preset !== undefined && preset !== false ? [`default: \`${preset}\``] : []),
    ...(repeatable ? ["may be given several times"] : []),
  ];
  return `${markdown(description)}${parts.length > 0 ? `; ${parts.join("; ")}` : ""}`;
}

function row(flags: string, meaning: string): string {
  return `| \`${flags.replaceAll("|", "\\|")}\` | ${meaning.replaceAll("|", "\\|")} |`;
}

/** What a terminal shows as it is and Markdown would take for a tag: `<name>`. Code is left alone. */
function markdown(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? part.replace(/<[\w.-]+>/g, (found) => `\`${found}\``) : part))
    .join("`");
}

async function main(): Promise<void> {
  const file = join(repository, referenceFile);
  const text = await commandReference();
  const same = text === safeRead(file);
  if (!same) writeFileSync(file, text);
  process.stdout.write(`${file} is up to date\n`);
}

function safeRead(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

if (require.main === module) runMain(main);
