import { join } from "node:path";
import type { Target } from "../../engine/stack/target";
import { ask, canAsk, confirm, Interrupted, onInterrupt, type Terminal } from "../../lib/interrupt";
import { logs } from "../../lib/paths";
import { terminalStyle } from "../../lib/terminal";
import { NotConfirmed } from "../../lib/userError";
import type { Catalog } from "./catalog";
import { type Access, type CommandSpec, type ExitCode, exitCodes, type Invocation } from "./command";
import { wordsVariable } from "./completionScripts";
import { failureOf, UsageError } from "./failure";
import { type CommandIo, ioOf, type Sink } from "./io";
import { longOf, programOptions, stackUse } from "./options";
import { overview, type Parsed, parse } from "./program";

/** What surrounds a call of `switchboard`. */
export interface CommandEnvironment {
  readonly catalog: Catalog;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Terminal["stdin"];
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Ctrl-C as a signal. @default that of this process */
  readonly interrupts?: () => AbortController;
  /** Where a stack goes. @default the repository's stacks, and files elsewhere where a command takes them */
  readonly readTarget?: (named: string) => Target;
}

/** The reader of stdout has gone (`switchboard logs | head`): what runs ends in order, and nothing has failed. */
class ReaderGone extends Error {}

/**
 * Runs one command line and never throws.
 * @param argv without the names of node and the script
 * @returns the exit code, after everything was written
 */
export async function run(argv: readonly string[], environment: CommandEnvironment): Promise<ExitCode> {
  const [ourArguments, rest] = split(argv);
  // Read before anything is parsed: a command line that is wrong is told as JSON too.
  const json = ourArguments.includes("--json");
  const life = lifeOf(environment);
  if (ourArguments[0] === "complete" && environment.catalog.every(({ name }) => name !== "complete")) {
    return offer(rest ?? (environment.env[wordsVariable] ?? "").split("\n"), environment);
  }
  try {
    const code = await dispatch(ourArguments, rest, json, environment, life);
    return life.ended() ?? code;
  } catch (error) {
    const ended = life.ended();
    if (ended === exitCodes.ok) return ended;
    return fail(ended === undefined ? error : (life.reason() ?? new Interrupted()), json, environment, ended);
  }
}

/** Answers a shell that completes a line; whatever goes wrong, the person who types sees nothing of it. */
async function offer(words: readonly string[], { catalog, stdout }: CommandEnvironment): Promise<ExitCode> {
  const { answerOf, complete } = await import("./complete");
  const { stacks } = await import("../../engine/stack/stackNames");
  try {
    stdout.write(answerOf(await complete(words, catalog, stacks)));
    return exitCodes.ok;
  } catch {
    return exitCodes.failed;
  }
}

/** What ends a call from outside: Ctrl-C, or a reader who has gone. */
interface Life {
  readonly start: () => AbortController;
  /** The exit code where it was ended from outside. */
  readonly ended: () => ExitCode | undefined;
  readonly reason: () => unknown;
}

function lifeOf({ stdout, stderr, interrupts = onInterrupt }: CommandEnvironment): Life {
  let controller: AbortController | undefined;
  let gone = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    gone = true;
    controller?.abort(new ReaderGone());
  });
  stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    start() {
      controller = interrupts();
      if (gone) controller.abort(new ReaderGone());
      return controller;
    },
    ended: () => (gone ? exitCodes.ok : controller?.signal.aborted ? exitCodes.interrupted : undefined),
    reason: () => controller?.signal.reason,
  };
}

/** Writes what went wrong: for a person on stderr; with `--json` on stdout as well, as the one document. */
function fail(error: unknown, json: boolean, { stdout, stderr }: CommandEnvironment, ended?: ExitCode): ExitCode {
  const failure = failureOf(error);
  stderr.write(`${failure.text}\n`);
  if (json) stdout.write(`${JSON.stringify({ error: failure.error })}\n`);
  return ended ?? failure.code;
}

/** `--` and what follows it belongs to the command, unread. */
function split(argv: readonly string[]): [own: string[], rest: string[] | undefined] {
  const at = argv.indexOf("--");
  return at < 0 ? [[...argv], undefined] : [argv.slice(0, at), argv.slice(at + 1)];
}

const takesValue = new Set(
  programOptions.filter(({ flags }) => flags.includes("<")).flatMap(({ flags }) => flags.match(/-[\w-]+/g) ?? []),
);

/** The command that a line names, whether there is one or not. */
export function commandIn(argv: readonly string[]): string | undefined {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith("-")) return word;
    if (takesValue.has(word)) at++;
  }
  return undefined;
}

async function dispatch(
  argv: string[],
  rest: string[] | undefined,
  json: boolean,
  environment: CommandEnvironment,
  life: Life,
): Promise<ExitCode> {
  const { catalog, env, stdout, stderr, version } = environment;
  const words = helpAsOption(argv);
  const named = commandIn(words);
  const entry = catalog.find(({ name }) => name === named);
  // So that whoever decides about colours for itself, here or in a program that is started, decides the same.
  if (words.includes("--no-color")) Object.assign(env, { NO_COLOR: "1", FORCE_COLOR: "0" });
  const style = terminalStyle(stdout, env);
  const spec = await entry?.load();
  // For a command that passes its words on, `--` is one of them.
  const line = spec?.passThrough && rest ? [...words, "--", ...rest] : words;
  const known = { catalog, version, style, spec };
  // Whoever types the name alone wants to know what there is.
  if (words.every((word) => word === "--json" || word === "--no-color") && !json) stderr.write(`${overview(known)}\n`);
  const parsed = parse(line, known);
  if (parsed.kind === "text") {
    const name = words.includes("--help") || words.includes("-h") ? "help" : "version";
    stdout.write(json ? `${JSON.stringify({ [name]: parsed.text.trimEnd() })}\n` : parsed.text);
    return exitCodes.ok;
  }
  return call(parsed, rest ?? [], environment, life);
}

/** `switchboard help status` is `switchboard status --help`. */
function helpAsOption(argv: readonly string[]): string[] {
  const at = argv.indexOf("help");
  if (at < 0 || commandIn(argv) !== "help") return [...argv];
  return [...argv.slice(0, at), ...argv.slice(at + 1), "--help"];
}

async function call(
  { spec, arguments: given, options }: Extract<Parsed, { kind: "call" }>,
  rest: readonly string[],
  environment: CommandEnvironment,
  life: Life,
): Promise<ExitCode> {
  const { env, stdin, stdout, stderr } = environment;
  const named = spec.passThrough ? await stackFirst(given, options) : { options, rest };
  const target = await targetOf(spec, given, named.options, environment);
  const access = spec.accessOf?.({ arguments: given, options, rest: named.rest }) ?? spec.access;
  const production = target !== undefined && (await allowed({ spec, target, access, options }, environment));
  const { signal } = life.start();
  const io = ioOf({
    ...{ stdout, stderr, env, signal },
    json: options.json === true,
    quiet: options.quiet === true,
    ...(spec.log !== undefined && { log: join(logs, spec.log) }),
  });
  const invocation: Invocation = {
    ...{ io, arguments: given, options, rest: named.rest },
    get target() {
      if (!target) throw new Error(`${spec.name} takes no stack and asked for one`);
      return target;
    },
    async confirm(question, { always = false } = {}) {
      if (options.yes === true || (production && !always)) return;
      if (await confirm(question, { stdin, stderr })) return;
      throw new NotConfirmed("nothing was changed", "answer yes to go on, or give --yes");
    },
  };
  return finish(await spec.run(invocation), io, spec, stdout);
}

/** Writes the one document of `--json`. */
function finish(code: ExitCode, io: CommandIo, spec: CommandSpec, stdout: Sink): ExitCode {
  if (!io.json) return code;
  if (io.held) {
    stdout.write(`${JSON.stringify(io.held.value, null, io.streamed ? undefined : 2)}\n`);
  } else if (!io.streamed && !spec.passThrough) {
    const message = io.notes.join("\n") || `${spec.name} ended with exit code ${code}`;
    const value = code === exitCodes.ok ? {} : { error: { message, todo: `switchboard ${spec.name} --help` } };
    stdout.write(`${JSON.stringify(value)}\n`);
  }
  return code;
}

/** A command that passes its words on takes the stack from the first of them, if that is the name of one. */
async function stackFirst(given: Readonly<Record<string, unknown>>, options: Readonly<Record<string, unknown>>) {
  const words = Object.values(given).flat() as string[];
  const { stacks } = await import("../../engine/stack/stackNames");
  const [first = ""] = words;
  if (!stacks().includes(first)) return { options, rest: words };
  if (options.stack !== undefined && options.stack !== first) {
    throw new UsageError(`one stack at a time, not ${options.stack} and ${first}`, "leave one of them out");
  }
  return { options: { ...options, stack: first }, rest: words.slice(1) };
}

interface Wish {
  readonly spec: CommandSpec;
  readonly target: Target;
  readonly access: Access;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Whether the stack is production; comes back only if it may be reached. */
async function allowed(
  { spec, target, access, options }: Wish,
  { env, stdin, stderr }: CommandEnvironment,
): Promise<boolean> {
  const { isProduction, requireYes } = await import("./production");
  const production = access !== "none" && isProduction(target);
  await requireYes({
    ...{ command: spec.name, access, target, production },
    flag: options.production as string | undefined,
    variable: env.SWITCHBOARD_PRODUCTION || undefined,
    ask: canAsk({ stdin, stderr }) ? (question) => ask(question, { stdin, stderr }) : undefined,
  });
  return production;
}

/** Makes an example a stack, where the line names one. */
async function takeExample(named: string, stderr: NodeJS.WritableStream): Promise<void> {
  const examples = await import("../../engine/stack/examples");
  if (!examples.takeExample(named)) return;
  stderr.write(`Pulumi.${named}.yaml is now a copy of examples/${named}: it is yours to change.\n`);
}

/** The stack that a line names, by its argument, its option or the environment. */
async function targetOf(
  spec: CommandSpec,
  given: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
  { env, stderr, readTarget }: CommandEnvironment,
): Promise<Target | undefined> {
  const option = options.stack as string | undefined;
  if (stackUse(spec) === "none") {
    if (option === undefined) return undefined;
    throw new UsageError(`${spec.name} takes no stack, and ${longOf("--stack")} names ${option}`, "leave it out");
  }
  const argument = given.stack as string | undefined;
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new UsageError(`one stack at a time, not ${argument} and ${option}`, `switchboard ${spec.name} --help`);
  }
  const named = argument ?? option ?? (env.SWITCHBOARD_STACK || "dev");
  if (readTarget) return readTarget(named);
  if (spec.fromExamples) await takeExample(named, stderr);
  const targets = await import("../../engine/stack/target");
  return spec.stackFiles ? targets.readTargetAt(named) : targets.readTarget(named);
}
