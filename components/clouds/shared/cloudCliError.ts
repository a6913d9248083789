import { UserError } from "../../../lib/userError";
import type { Run } from "./deployed";
import { installing } from "./doctor/ask";

/** Why a cloud's CLI gave no answer. */
export type CloudTrouble =
  | "missing"
  | "logged out"
  | "denied"
  | "not found"
  | "throttled"
  | "busy"
  | "silent"
  | "other";

/** A cloud's CLI that gave no answer, with what to do. */
export class CloudCliError extends UserError {
  constructor(
    readonly trouble: CloudTrouble,
    what: string,
    todo: string,
  ) {
    super(what, todo);
    this.name = "CloudCliError";
  }
}

/** How a cloud's CLI says what is wrong. */
export interface CloudCliWords {
  readonly program: string;
  /** The command that logs a person in. */
  readonly logIn: string;
  /** First match counts. */
  readonly troubles: readonly (readonly [CloudTrouble, RegExp])[];
  /** Finds the right that is missing in what the CLI says, as its first group. */
  readonly right: RegExp;
}

/** One question to a cloud's CLI. */
export interface CloudQuestion {
  /** `the snapshots of RDS instance postgres-1a2b3c4d`, to name it when it cannot be had. */
  readonly what: string;
  readonly args: readonly string[];
  /** The right that it takes, as the cloud calls it. */
  readonly right: string;
}

/**
 * Asks a cloud's CLI for JSON.
 * @throws CloudCliError that names what was asked for, the right that is missing, and what to do
 */
export async function askJson<T>(run: Run, words: CloudCliWords, question: CloudQuestion): Promise<T> {
  let text: string;
  try {
    text = await run(words.program, question.args);
  } catch (error) {
    throw problemOf(error, words, question);
  }
  try {
    // The CLIs print nothing at all for an empty answer of some commands.
    return JSON.parse(text.trim() || "null") as T;
  } catch {
    const looked = `look yourself: ${words.program} ${question.args.join(" ")}`;
    throw new CloudCliError("other", `${question.what}: ${words.program} did not print JSON`, looked);
  }
}

function problemOf(error: unknown, words: CloudCliWords, { what, args, right }: CloudQuestion): CloudCliError {
  const { code, timedOut, stderr } = error as { code?: string; timedOut?: boolean; stderr?: unknown };
  const { program } = words;
  const command = `${program} ${args.join(" ")}`;
  if (code === "ENOENT")
    return new CloudCliError(
      "missing",
      `${what}: ${program} is not installed`,
      installing[program] ?? `install ${program}`,
    );
  const said = typeof stderr === "string" ? stderr : "";
  const trouble = timedOut ? "silent" : (words.troubles.find(([, form]) => form.test(said))?.[0] ?? "other");
  const line = lineOf(said) ?? (error instanceof Error ? error.message.split("\n")[0]! : String(error));
  const named = words.right.exec(said)?.[1] ?? right;
  const of = {
    missing: ["", ""],
    "logged out": [`${program} is not logged in (${line})`, `${words.logIn}, then run this again`],
    denied: [
      `${named} is not allowed to whoever is logged in (${line})`,
      `ask for ${named} (docs/production.md), or use another account`,
    ],
    "not found": [`it is not there (${line})`, "switchboard drift shows what is otherwise than the stack's state says"],
    throttled: [`the cloud was asked too often (${line})`, "wait a minute, then run this again"],
    busy: [
      `the server is busy with something else, a backup it may be (${line})`,
      "switchboard backups shows what is being made; run this again when that has ended",
    ],
    silent: [`${program} got no answer within a minute`, `try it yourself: ${command}`],
    other: [line, `look yourself: ${command}`],
  } as const satisfies Record<CloudTrouble, readonly [string, string]>;
  const [why, todo] = of[trouble];
  return new CloudCliError(trouble, `${what}: ${why}`, todo);
}

/** The line that tells what is wrong, without what the CLI says around it. */
function lineOf(stderr: string): string | undefined {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.find((line) => /error|denied|unable|refused|expired/i.test(line)) ?? lines[0])?.slice(0, 300);
}
