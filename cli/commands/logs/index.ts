import { UserError } from "../../../lib/userError";
import { accessTo } from "../../cluster/access";
import { ApiProxy } from "../../cluster/apiProxy";
import { tiers } from "../../cluster/tiers";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { servers, showLogs } from "../../logs";
import { shortestRequestId } from "../../logs/filter";
import { formatRecord, jsonOf } from "../../logs/format";
import { levels } from "../../logs/record";

/** How far back it goes unless told: for a look, and before following. */
const usualSince = { look: "15m", follow: "10s" } as const;

/** `switchboard logs`: what all parts of a stack say, as one log. */
export const command: CommandSpec = {
  name: "logs",
  summary: "show the logs of all parts of a stack as one, in the order of time",
  description:
    `Without a tier it shows all but ${servers.slice(0, -1).join(", ")} and ${servers.at(-1)}. It shows lines of JSON as sentences; --json prints them ` +
    "unchanged. --request follows one request by the id that NGINX gave it (X-Request-Id in the response). It " +
    "follows the request through the panel and into the jobs that it created. It also follows the chat's sockets " +
    "that were opened with the token it got. With --follow it adds pods that start and drops pods that end. " +
    `Without --since it goes back ${usualSince.look}. With --request, --tail or --previous it goes back as far as ` +
    "the nodes keep logs.",
  arguments: [{ name: "[tiers...]", description: "which parts", choices: tiers, open: true }],
  options: [
    { flags: "-f, --follow", description: "go on with what comes, until Ctrl-C" },
    { flags: "--since <duration>", description: "how far back: 30s, 10m, 2h, 1d", parse: secondsOf },
    { flags: "--tail <lines>", description: "the last so many lines in all, after the filters", parse: countOf },
    { flags: "--request <id>", description: "one request, by its id or the beginning of it", parse: requestOf },
    {
      flags: "--level <level>",
      description: "this level and worse; lines that have none are shown too",
      choices: levels,
    },
    { flags: "--grep <expression>", description: "lines that this regular expression fits", parse: expressionOf },
    { flags: "--previous", description: "what containers said before their last restart" },
  ],
  examples: [
    ["switchboard logs", "the last quarter of an hour of the development stack"],
    ["switchboard logs panel chat --follow", "the panel and the chat, as it happens"],
    ["switchboard logs --request 5f2b0c3d9e7a41b8", "one request through all parts"],
    ["switchboard logs --level warn --since 2h", "what went wrong in the last two hours"],
    ["switchboard logs workers --previous", "the last words of a worker that crashed"],
    ["switchboard logs --json --since 1h | jq 'select(.fields.ms > 500)'", "slow requests"],
  ],
  access: "read",
  async run({ io, target, arguments: given, options }: Invocation) {
    const named = (given.tiers ?? []) as readonly string[];
    const follow = options.follow === true;
    const previous = options.previous === true;
    if (follow && previous) {
      throw new UserError("--previous is what is over, --follow what comes", "give one of them");
    }
    // Ctrl-C, or a reader who has enough (`logs | head`).
    const { signal } = io;
    const access = await accessTo(target, { signal, note: io.note });
    let api: ApiProxy | undefined;
    try {
      api = await ApiProxy.start(access.kubectl);
      const { lines, pods } = await showLogs(
        {
          ...{ tiers: named, follow, previous },
          wanted: { request: options.request, level: options.level, grep: options.grep },
          ...{ sinceTime: sinceOf(options, follow), tail: options.tail as number | undefined },
        },
        {
          ...{ api, namespace: access.namespace, note: io.note, signal },
          emit: (record) => io.line(jsonOf(record), formatRecord(record, io.style)),
        },
      );
      if (lines === 0 && !signal.aborted) io.note(`no line of ${pods} ${pods === 1 ? "pod" : "pods"} fits`);
    } catch (error) {
      if (!signal.aborted) throw api ? api.explain(error) : error;
    } finally {
      api?.close();
      access.close();
    }
    return exitCodes.ok;
  },
};

function sinceOf({ since, request, tail, previous }: Invocation["options"], follow: boolean): string | undefined {
  const everything = request !== undefined || tail !== undefined || previous === true;
  if (since === undefined && everything) return undefined;
  const seconds = since ?? secondsOf(follow ? usualSince.follow : usualSince.look);
  return new Date(Date.now() - seconds * 1000).toISOString();
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!count || !unit || Number(count) === 0) throw new Error(`${text} is no duration; give 30s, 10m, 2h or 1d`);
  return Number(count) * units[unit]!;
}

function countOf(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) throw new Error(`${text} is no number of lines; give 1 to 999999`);
  return Number(text);
}

function requestOf(text: string): string {
  if (/^[\w.:-]{8,128}$/.test(text)) return text;
  throw new Error(
    `${text} is no request id; give at least ${shortestRequestId} characters of the X-Request-Id of an answer`,
  );
}

function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new Error(`${text} is no regular expression: ${(error as Error).message}`);
  }
}
