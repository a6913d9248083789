import { setMaxListeners } from "node:events";
import { UserError } from "../../lib/userError";
import { type Api, ApiAnswer } from "../cluster/apiProxy";
import { platformSelector, tiers } from "../cluster/tiers";
import { LogFilter, type Wanted } from "./filter";
import { Follower } from "./follow";
import { lookAhead, mergeEnded, Reorder } from "./merge";
import { type LogSource, type Pod, sourcesOf } from "./pods";
import { type Cursor, type Part, readLog } from "./reader";
import type { LogRecord } from "./record";

/** What `switchboard logs` was asked for. */
export interface LogsRequest {
  /** Empty for all but the servers, whose logs are long and seldom wanted. */
  readonly tiers: readonly string[];
  readonly wanted: Wanted;
  readonly follow: boolean;
  readonly previous: boolean;
  /** RFC 3339. @default everything that the nodes have kept */
  readonly sinceTime?: string;
  /** The last so many lines in all, after the filters. @default all */
  readonly tail?: number;
}

/** Where from, and where to. */
export interface LogsIo {
  readonly api: Api;
  readonly namespace: string;
  readonly emit: (record: LogRecord) => void;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A line may be so late (ms) and still be put in its place. */
const holdMs = 400;
/** Two nodes' clocks, and two programs' ways to their logs, may differ by so much (ms). */
const skewMs = 2_000;
/** More lines are not held back. */
const mostHeld = 20_000;

/** Reads what there is, in order, and goes on with what comes. @returns how many lines were shown, of how many pods */
export async function showLogs(request: LogsRequest, io: LogsIo): Promise<{ lines: number; pods: number }> {
  // Each log that is read listens.
  setMaxListeners(0, io.signal);
  const filter = new LogFilter(request.wanted);
  // Taken first: what a quiet container says while the others are read is not missed.
  const started = new Date().toISOString();
  let lines = 0;
  const give = (record: LogRecord) => {
    lines++;
    io.emit(record);
  };
  const { items } = await io.api.get<{ items: Pod[] }>(
    `/api/v1/namespaces/${io.namespace}/pods?labelSelector=${encodeURIComponent(platformSelector)}`,
  );
  const every = items.flatMap(sourcesOf);
  refuseUnknown(request.tiers, every);
  const wants = ({ tier }: LogSource) =>
    request.tiers.length > 0 ? request.tiers.includes(tier) : !servers.includes(tier);
  const sources = every.filter(wants);
  const cursors = new Map<string, Cursor>();
  const merged = mergeEnded(
    sources
      .filter(({ restarts }) => !request.previous || restarts > 0)
      .map((source) => past(source, partOf(request), io, cursors)),
  );
  const look = (record: LogRecord) => filter.learn(record);
  const history = filter.learns ? lookAhead(merged, { ms: skewMs, most: mostHeld, look }) : merged;
  const last: LogRecord[] = [];
  for await (const record of history) {
    if (!filter.shows(record)) continue;
    if (request.tail === undefined) give(record);
    else {
      last.push(record);
      if (last.length > request.tail) last.shift();
    }
    if (io.signal.aborted) break;
  }
  last.forEach(give);
  if (request.follow && !io.signal.aborted)
    await follow(request.sinceTime ?? started, io, cursors, wants, filter, give);
  return { lines, pods: new Set(sources.map(({ pod }) => pod)).size };
}

/** No log needs more lines than all together may have; with a filter nobody knows how many lines that takes. */
function partOf({ sinceTime, tail, wanted, previous }: LogsRequest): Part {
  const filtered = wanted.request ?? wanted.level ?? wanted.grep;
  return {
    ...(sinceTime && { sinceTime }),
    ...(tail !== undefined && filtered === undefined && { tailLines: tail }),
    ...(previous && { previous }),
  };
}

/** What a container has said until now. */
async function* past(
  source: LogSource,
  part: Part,
  io: LogsIo,
  cursors: Map<string, Cursor>,
): AsyncGenerator<LogRecord> {
  const cursor: Cursor = { time: "", count: 0 };
  cursors.set(source.key, cursor);
  try {
    yield* readLog(io.api, io.namespace, source, part, false, cursor, io.signal);
  } catch (error) {
    if (io.signal.aborted) return;
    if (!(error instanceof ApiAnswer)) throw error;
    // The pod has gone meanwhile, or the node has thrown its log away.
    if (error.status === 400 || error.status === 404) return;
    // One node that is away is no reason to hide what the others say.
    if (error.status >= 500) return io.note(`${source.pod}: ${error.message}`);
    throw error;
  }
}

async function follow(
  sinceTime: string,
  io: LogsIo,
  cursors: ReadonlyMap<string, Cursor>,
  wants: (source: LogSource) => boolean,
  filter: LogFilter,
  give: (record: LogRecord) => void,
): Promise<void> {
  const order = new Reorder<LogRecord>({
    ...{ holdMs, most: mostHeld },
    emit: (record) => filter.shows(record) && give(record),
  });
  const take = (record: LogRecord) => {
    filter.learn(record);
    order.push(record);
  };
  const timer = setInterval(() => order.settle(), holdMs / 4);
  try {
    await new Follower({
      ...{ api: io.api, namespace: io.namespace, selector: platformSelector, wants, cursors },
      // For containers without a line yet, and for pods that come later.
      part: { sinceTime },
      ...{ emit: take, note: io.note, signal: io.signal },
    }).run();
  } finally {
    clearInterval(timer);
    order.flush();
  }
}

/** The tiers of servers. */
export const servers: readonly string[] = ["pooler", "postgres", "redis"];

/** @throws UserError for a name that is no part of the platform and that no pod of this stack has */
function refuseUnknown(named: readonly string[], sources: readonly LogSource[]): void {
  const there = [...new Set([...tiers, ...sources.map(({ tier }) => tier)])];
  const unknown = named.filter((tier) => !there.includes(tier));
  if (unknown.length > 0)
    throw new UserError(`no pod of this stack is called ${unknown.join(" or ")}`, `name one of ${there.join(", ")}`);
}
