import { appendFileSync, writeFileSync } from "node:fs";
import { UserError } from "../../../lib/userError";
import type { StackReport } from "../../../review/comment/model";
import type { ForgeName, Place } from "../../../review/forge/place";
import type { Risk } from "../../../review/plan/model";
import type { Allowance } from "../../ci/allowance";
import type { SavedReport } from "../../ci/savedReport";
import { type CommandSpec, type ExitCode, exitCodes, type Invocation } from "../../core/command";
import { UsageError } from "../../core/failure";

const forgeNames: readonly ForgeName[] = ["github", "gitlab"];

/** `switchboard comment`: what a pull request's comment says, rendered, saved, posted and decided by. */
export const command: CommandSpec = {
  name: "comment",
  summary: "render what a change would do as a pull request's comment, and post it",
  description:
    "It reads previews: files of the Pulumi CLI, previews made now, or those that other jobs saved. It writes the " +
    "comment, and the whole report for the step summary. It also sets outputs for later steps: changed, risk, " +
    "succeeded, create, update, replace, delete and violations. To post, it finds the pull request and the commit " +
    "in the pipeline's variables.",
  options: [
    {
      flags: "--preview <file>",
      description: "what `pulumi preview --json --show-sames` wrote, as FILE or STACK=FILE",
      repeatable: true,
    },
    { flags: "--live", description: "ask the Pulumi CLI what an up of the stack would do" },
    { flags: "--offline", description: "run the program alone: no credentials, no state, no network" },
    { flags: "--reports <folder>", description: "take what --save wrote in other jobs" },
    {
      flags: "--touched <stacks>",
      description: "with --reports: these stacks, separated by commas; a missing one has failed",
    },
    { flags: "--base <revision>", description: "show how the stack's settings differ from this revision's" },
    { flags: "--save <file>", description: "keep the masked report for another job" },
    { flags: "--out <file>", description: "write the comment; - is stdout" },
    { flags: "--summary", description: "write the whole report to the summary of the step (GITHUB_STEP_SUMMARY)" },
    { flags: "--post <forge>", description: "post it, as one comment that is edited in place", choices: forgeNames },
    { flags: "--fail-on <risk>", description: "exit with 3 from this risk on", choices: ["caution", "danger"] },
    {
      flags: "--unless-label <label>",
      description: "but not if somebody with write access added this label for this commit; a comment says so",
    },
  ],
  examples: [
    ["switchboard comment --stack prod --offline --out -", "what a first up would make, as Markdown"],
    ["switchboard comment --preview prod=preview.json --out comment.md", "the comment about a preview of the CLI"],
    ["switchboard comment --reports reports --summary --post github", "one comment for the stacks of all jobs"],
    ["switchboard comment --reports reports --fail-on danger --unless-label allow-destroy", "a gate"],
  ],
  access: "none",
  accessOf: ({ options }) => (options.live ? "read" : "none"),
  stack: "option",
  run,
};

async function run({ io, target, options }: Invocation): Promise<ExitCode> {
  if (options.unlessLabel && !options.failOn && !(options.out || options.post || options.summary)) {
    throw new UsageError("--unless-label without --fail-on decides nothing", "give --fail-on danger too");
  }
  const [{ collectReports }, { verdictOf }, { placeOf }, { giveOutputs }] = await Promise.all([
    import("../../ci/collect"),
    import("../../ci/gate"),
    import("../../../review/forge"),
    import("../../ci/outputs"),
  ]);
  const saved = await io.step("previewing", () => collectReports(options, target, io.signal));
  const reports = saved.map(({ report }) => report);
  if (options.save) {
    const [only, ...more] = saved;
    if (!only || more.length > 0) throw new UsageError("--save keeps one stack's report", "give one preview");
    (await import("../../ci/savedReport")).saveReport(options.save, only);
  }
  const place = placeOf();
  if (options.out || options.summary || options.post) await tell(saved, place, io, options);
  const { counts, ...verdict } = verdictOf(reports);
  giveOutputs({ ...verdict, ...counts });
  const { shut, allowance } = options.failOn ? await shutBy(reports, place, options) : { shut: [] };
  const stacks = reports.map(({ preview }) => preview.stack);
  if (options.out !== "-") {
    io.result({ stacks, ...verdict, counts, shut }, () => [
      ...shut,
      ...(allowance?.said ? [allowance.said] : []),
      ...(options.unlessLabel && !allowance?.said && shut.some((why) => !why.endsWith("the preview failed"))
        ? [`the label ${options.unlessLabel} lets danger pass, for this commit alone: give it, then run this job again`]
        : []),
      ...(shut.length === 0 ? reports.map(({ preview }) => outcomeOf(preview)) : []),
    ]);
  }
  if (shut.length > 0) return exitCodes.no;
  // Who only brings reports together has a gate for what failed.
  return verdict.succeeded || options.reports ? exitCodes.ok : exitCodes.failed;
}

/** One line about a preview. */
function outcomeOf({ stack, origin, succeeded, risk, counts, diagnostics }: StackReport["preview"]): string {
  const error = diagnostics.find(({ severity }) => severity === "error")?.message.split("\n")[0];
  if (!succeeded) return `${stack}: the preview failed${error ? `: ${error}` : ""}`;
  if (origin === "offline")
    return `${stack}: ${counts.create} resources if it is created from nothing; the existing state was not read`;
  return `${stack}: ${risk === "none" ? "no risk" : risk}`;
}

/** Renders, and brings it where it is wanted. */
async function tell(
  saved: readonly SavedReport[],
  place: Place | undefined,
  io: Invocation["io"],
  options: Invocation["options"],
): Promise<void> {
  const [{ pullRequestReport }, { renderComment, renderReport }, { forges }] = await Promise.all([
    import("../../ci/pullRequest"),
    import("../../../review/comment"),
    import("../../../review/comment/model"),
  ]);
  const plain = await pullRequestReport(saved, place);
  const whole = options.unlessLabel ? { ...plain, allowing: options.unlessLabel as string } : plain;
  const body = renderComment(whole, forges[(options.post as ForgeName) ?? place?.forge ?? "github"]);
  if (options.out === "-") process.stdout.write(body.endsWith("\n") ? body : `${body}\n`);
  else if (options.out) write("--out", options.out, body, writeFileSync);
  if (options.summary) summarise(renderReport(whole), io);
  if (!options.post) return;
  const { postComment } = await import("../../ci/post");
  const post = { signal: io.signal, report: (line: string) => io.note(line) };
  io.note(await io.step("posting", () => postComment(body, plain.project, options.post as ForgeName, place, post)));
}

/** Why the gate is shut. */
async function shutBy(
  reports: readonly StackReport[],
  place: Place | undefined,
  { failOn, unlessLabel }: Invocation["options"],
): Promise<{ shut: string[]; allowance?: Allowance }> {
  const [{ gateOf }, { allowanceOf }] = await Promise.all([import("../../ci/gate"), import("../../ci/allowance")]);
  const shut = gateOf(reports, failOn as Risk);
  // Nobody is asked about a gate that is open.
  if (shut.length === 0) return { shut };
  // As it is now: a label that was given after the pipeline began opens the gate when the job is run again.
  const allowance = await allowanceOf(unlessLabel as string | undefined, place);
  return { shut: gateOf(reports, failOn as Risk, allowance), allowance };
}

/** Appends to the summary of the step; on a machine of a person there is none. */
function summarise(text: string, io: Invocation["io"]): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (!file) io.note("--summary: GITHUB_STEP_SUMMARY is not set, so there is no summary to write to");
  else write("--summary", file, text.endsWith("\n") ? text : `${text}\n`, appendFileSync);
}

function write(option: string, file: string, text: string, how: (file: string, text: string) => void): void {
  try {
    how(file, text);
  } catch (error) {
    throw new UserError(`${option} ${file}: ${(error as Error).message}`, "name a file in a folder that is there");
  }
}
