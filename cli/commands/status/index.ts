import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../../engine/stack/target";
import { UserError } from "../../../lib/userError";
import { accessTo, type ClusterAccess } from "../../cluster/access";
import { ClusterError } from "../../cluster/kubectlErrors";
import { type CommandSpec, type ExitCode, exitCodes, type Invocation } from "../../core/command";
import { FactSource } from "./collect";
import { statusJson, statusLines, type Told } from "./render";
import { verdictOf } from "./verdict";

/** Seconds between two looks. */
const interval = { watch: 3, wait: 2 } as const;

/** `switchboard status`: whether a stack works, and what it is made of right now. */
export const command: CommandSpec = {
  name: "status",
  summary: "say whether a stack is healthy, which version of what runs, and where its addresses are",
  description:
    "The first line is the verdict. What is wrong follows, worst first. It compares what the stack has created " +
    "with what the cluster runs. It also asks the public addresses: the panel's readiness, the chat's WebSocket " +
    "handshake, the certificates, and how full the disks are. The cloud is asked for the backups of what it runs. " +
    "Exit code 0 means healthy, 3 not healthy, and 1 that it could not find out. " +
    "With --json it prints stack, at, healthy, verdict, problems, tiers, jobs, schedules, backlog, backlogs, " +
    "managedBackups, disks and ends. It also prints addresses, certificates, nodes and state. A problem has severity " +
    "(down, degraded or warning), subject and what. New keys may be added; none is renamed.",
  options: [
    { flags: "--watch", description: "look again every few seconds, until Ctrl-C" },
    { flags: "--wait <seconds>", description: "wait up to this long until it is healthy", parse: secondsOf },
  ],
  examples: [
    ["switchboard status", "whether the development stack is healthy"],
    ["switchboard status prod --production prod", "the production stack; this only looks"],
    ["switchboard status --watch", "the same, again and again"],
    ["switchboard status dev --wait 120 && npm run e2e", "go on once it is healthy"],
    ["switchboard status --json | jq -r '.tiers[] | [.name, .version] | @tsv'", "which version of what runs"],
  ],
  access: "read",
  async run({ io, target, options }: Invocation) {
    const wait = options.wait as number | undefined;
    if (wait !== undefined && options.watch) {
      throw new UserError("--watch never ends, --wait does", "give one of them");
    }
    const looker = new Looker(target, io.signal, io.note);
    try {
      if (options.watch) return await watch(looker, io);
      const seen =
        wait === undefined
          ? await looker.look()
          : await io.step(`waiting for ${target.stack} to be healthy`, (report) => waitFor(looker, wait, io, report));
      io.result(seen.json, () => seen.lines(io.style));
      return codeOf(seen);
    } finally {
      looker.close();
    }
  },
};

/** One look at a stack. */
interface Seen {
  readonly healthy: boolean;
  readonly line: string;
  readonly json: object;
  lines(style: Invocation["io"]["style"]): readonly string[];
}

function codeOf({ healthy }: Seen): ExitCode {
  return healthy ? exitCodes.ok : exitCodes.no;
}

/** Looks as often as it is asked to; a stack that is not up is something to see, too. */
class Looker {
  private access?: ClusterAccess;
  private source?: FactSource;

  constructor(
    private readonly target: Target,
    private readonly signal: AbortSignal,
    private readonly note: (line: string) => void,
  ) {}

  async look(): Promise<Seen> {
    try {
      this.access ??= await accessTo(this.target, { signal: this.signal, note: this.note });
      this.source ??= new FactSource(this.target, this.access, this.signal);
      const facts = await this.source.collect();
      const statusReport: Told = { facts, status: verdictOf(facts) };
      const { healthy, line } = statusReport.status;
      return { healthy, line, json: statusJson(statusReport), lines: (style) => statusLines(statusReport, style) };
    } catch (error) {
      const absent = error instanceof ClusterError ? notThere(this.target, error) : undefined;
      if (!absent) throw error;
      return absent;
    }
  }

  close(): void {
    this.access?.close();
  }
}

/**
 * What is known without a cluster: that its namespace is not there, or that the local nodes do not run. Of another
 * cluster that does not answer nothing is known.
 */
function notThere({ stack, local }: Target, { trouble, message, todo }: ClusterError): Seen | undefined {
  if (trouble !== "no namespace" && !(local && trouble === "unreachable")) return undefined;
  const line = message.startsWith(`${stack} is not up`) ? message : `${stack} is NOT healthy: ${message}`;
  const problem = { severity: "down", subject: stack, what: message };
  const empty = { tiers: [], jobs: [], schedules: [], addresses: [], certificates: [], nodes: [] };
  return {
    ...{ healthy: false, line, lines: () => [line, `  what to do: ${todo}`] },
    json: {
      ...{ stack, at: new Date().toISOString(), healthy: false, verdict: line, problems: [problem], ...empty },
      state: { known: false, reason: "the cluster was not reached" },
    },
  };
}

async function waitFor(
  looker: Looker,
  seconds: number,
  { signal }: Pick<Invocation["io"], "signal">,
  report: (line: string) => void,
): Promise<Seen> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await looker.look();
    if (seen.healthy || Date.now() >= end) return seen;
    report(seen.line);
    await pause(Math.min(interval.wait * 1000, Math.max(0, end - Date.now())), signal);
    if (signal.aborted) return seen;
  }
}

async function watch(looker: Looker, { signal, style, json, line, note }: Invocation["io"]): Promise<ExitCode> {
  let before = "";
  let code: ExitCode = exitCodes.no;
  while (!signal.aborted) {
    try {
      const seen = await looker.look();
      code = codeOf(seen);
      // On a terminal in place; elsewhere a line when the verdict is another.
      if (json) line(seen.json, "");
      else if (style.colours) line(seen.json, `\x1b[H\x1b[J${seen.lines(style).join("\n")}`);
      else if (seen.line !== before) line(seen.json, seen.line);
      before = seen.line;
    } catch (error) {
      if (signal.aborted) break;
      note((error as Error).message);
      code = exitCodes.failed;
    }
    await pause(interval.watch * 1000, signal);
  }
  return code;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}

function secondsOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`${text} is no number of seconds; give 1 to 99999`);
}
