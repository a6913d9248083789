import type { Target } from "../../../engine/stack/target";

/** What a command of the CLI does to what runs. */
export type PulumiAccess = "none" | "read" | "write";

/** Commands of the CLI that only look; everything else may change something. */
const looking: readonly (readonly string[])[] = [
  ...[["preview"], ["pre"], ["about"], ["whoami"], ["version"], ["logs"], ["stack"], ["stack", "output"]],
  ...[["stack", "export"], ["stack", "graph"], ["stack", "history"], ["stack", "ls"], ["config"], ["config", "get"]],
  ...[["plugin", "ls"], ["plugin", "install"], ["schema", "check"], ["help"]],
];

/** Flags with a value that may stand before or between the words of a command. */
const withValue = /^(-C|--cwd|--color|--profiling|--tracing|-v|--verbose|-s|--stack|-o|--output|--file)$/;

/** What a command line of the CLI does to the stack: `help` and `version` reach nothing. */
export function accessOf(args: readonly string[]): PulumiAccess {
  if (args.some((word) => word === "--help" || word === "-h")) return "none";
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (withValue.test(word)) at++;
    else if (!word.startsWith("-")) words.push(word);
  }
  if (words.length === 0 || words[0] === "version" || words[0] === "help") return "none";
  const [first, second] = words;
  const groups = ["stack", "config", "plugin", "schema"];
  const wanted = groups.includes(first!) && second !== undefined ? [first, second] : [first];
  const looks = looking.some((one) => one.length === wanted.length && one.every((word, at) => word === wanted[at]));
  // A refresh writes what it finds to the state, unless it is told to look only.
  if (first === "refresh" && args.includes("--preview-only")) return "read";
  return looks ? "read" : "write";
}

/**
 * Runs the Pulumi CLI that `switchboard up` uses, with the same backend, passphrase and kubeconfig, for a stack.
 * @returns its exit code
 */
export async function runPulumi(target: Target, args: readonly string[]): Promise<number> {
  const { findEngine } = await import("../../../engine");
  const { stackOf } = await import("../../../engine/stack/stackOf");
  const stack = stackOf(await findEngine({ cloud: target.cloud }), target);
  await stack.open({ reads: accessOf(args) !== "write" && !/^(pre|refresh)/.test(args[0] ?? "") });
  return stack.passOn(args);
}
