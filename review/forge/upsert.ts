import { setTimeout as sleepFor } from "node:timers/promises";
import { withoutShapes } from "../../lib/masking";
import type { Board, Deadline, Entry, Post } from "./board";
import { ForgeError } from "./errors";

/** How a post is brought about. */
export interface UpsertOptions {
  /** Milliseconds after which a write without an answer is given up. @default 30000 */
  readonly deadline?: number;
  /** How often it is tried. @default 8 */
  readonly attempts?: number;
  /** Seconds that all waiting for the forge's limits may take. @default 300 */
  readonly patience?: number;
  readonly signal?: AbortSignal;
  readonly report?: (line: string) => void;
  readonly clock?: Clock;
}

/** Time and chance, which tests have their own of. */
export interface Clock {
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1, for waits that should differ between two runs. */
  random(): number;
  /** A signal that aborts after some milliseconds. */
  timeout(milliseconds: number): AbortSignal;
}

const realClock: Clock = {
  sleep: async (milliseconds, signal) => void (await sleepFor(milliseconds, undefined, { signal })),
  random: Math.random,
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

/** What was done. */
export interface Upserted {
  readonly outcome: "created" | "updated" | "unchanged" | "removed";
  /** Address of the post; undefined when there is none. */
  readonly url?: string;
}

/** Problems after which looking again and trying again can help. */
const passing: readonly ForgeError["problem"][] = ["conflict", "rateLimited", "unavailable"];

/**
 * Brings an entry onto a board as one post and leaves every other post alone: a post is ours when its author is this
 * token's and its first line is the entry's marker. A write that failed may have landed, so what is there is looked at
 * before anything is sent again. Of several posts of ours the oldest stays.
 * @throws ForgeError when the forge refuses for good, or it did not work in all attempts
 */
export async function upsert(board: Board, entry: Entry, options: UpsertOptions = {}): Promise<Upserted> {
  const { attempts = 8, signal } = options;
  const waits = { left: (options.patience ?? 300) * 1000 };
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await once(board, entry, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ForgeError) || !passing.includes(error.problem) || attempt + 1 >= attempts) throw error;
      options.report?.(`${error.message}; trying again`);
      await wait(error, board, attempt, waits, options);
    }
  }
}

/** Reads, and writes if what is there is not what should be. */
async function once(board: Board, entry: Entry, options: UpsertOptions): Promise<Upserted> {
  const { clock = realClock, deadline = 30_000, signal } = options;
  const author = await board.author({ signal });
  const ours = (await board.posts({ signal })).filter((post) => post.author === author && entry.isOurs(post.body));
  const merged = entry.merge(ours.map(({ body }) => normal(body)));
  // Whoever rendered it: nothing that looks like a secret is posted.
  const wanted = merged === undefined ? undefined : withoutShapes(merged);
  if (wanted !== undefined && wanted.length > board.limit) throw tooLong(board, wanted.length);
  const [keep] = ours;
  if (wanted === undefined && !keep) return { outcome: "unchanged" };
  if (keep && ours.length === 1 && wanted !== undefined && normal(keep.body) === normal(wanted))
    return { outcome: "unchanged", url: keep.url };
  const timer = clock.timeout(deadline);
  try {
    return await write(board, ours, wanted, { signal: signal ? AbortSignal.any([signal, timer]) : timer });
  } catch (error) {
    signal?.throwIfAborted();
    throw timer.aborted ? slow(board, deadline) : error;
  }
}

async function write(board: Board, ours: readonly Post[], wanted: string | undefined, within: Deadline) {
  const [keep, ...extra] = ours;
  if (wanted === undefined) {
    for (const { id } of ours) await gone(board.remove(id, within));
    return { outcome: "removed" } as const;
  }
  if (!keep) return { outcome: "created", url: (await board.create(wanted, within)).url } as const;
  if (normal(keep.body) !== normal(wanted)) {
    await board.update(keep.id, wanted, within).catch((error: unknown) => {
      // Somebody deleted it between our reading and our writing: the next look finds what is there now.
      throw error instanceof ForgeError && error.problem === "missing" ? changed(board) : error;
    });
  }
  for (const { id } of extra) await gone(board.remove(id, within));
  return { outcome: "updated", url: keep.url } as const;
}

/** Forges end lines as they like and cut white space at the end; a body that comes back so is the same. */
function normal(body: string): string {
  return body.replaceAll("\r\n", "\n").trimEnd();
}

/** A removal of what another run has removed already is done. */
async function gone(removal: Promise<void>): Promise<void> {
  await removal.catch((error: unknown) => {
    if (!(error instanceof ForgeError) || error.problem !== "missing") throw error;
  });
}

async function wait(error: ForgeError, board: Board, attempt: number, waits: { left: number }, options: UpsertOptions) {
  const { clock = realClock, signal } = options;
  // Where the forge names no time: at least a minute for a limit, as GitHub asks; else doubled from half a second.
  const asked = error.retryAfter ?? (error.problem === "rateLimited" ? 60 * 2 ** attempt : undefined);
  const backoff = Math.min(30_000, 500 * 2 ** attempt);
  const time = Math.ceil((asked === undefined ? backoff / 2 : asked * 1000) + (clock.random() * backoff) / 2);
  if (time > waits.left) {
    throw new ForgeError(
      error.problem,
      `${board.name}: ${error.message}, and would have to be waited for ${Math.ceil(time / 1000)} s`,
      "run it again then",
      error.retryAfter,
    );
  }
  waits.left -= time;
  await clock.sleep(time, signal);
}

function tooLong(board: Board, length: number): ForgeError {
  return new ForgeError(
    "tooLong",
    `the text for ${board.name} has ${length} characters, and ${board.limit} are allowed`,
    "render it for this forge's limit",
  );
}

function slow(board: Board, deadline: number): ForgeError {
  return new ForgeError(
    "unavailable",
    `${board.name}: no answer within ${deadline} ms`,
    "run it again, or see the forge's status page",
  );
}

function changed(board: Board): ForgeError {
  return new ForgeError("conflict", `${board.name}: the post was deleted while it was written`, "run it again");
}
