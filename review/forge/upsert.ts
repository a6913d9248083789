import { setTimeout as sleepFor } from "node:timers/promises";
import { withoutShapes } from "../../lib/masking";
import type { Board, Deadline, Entry, Post } from "./board";
import { ForgeError } from "./errors";

/** How a post is brought about where others may write at the same time. */
export interface UpsertOptions {
  /**
   * Milliseconds after our write until the look whether it lasted. No forge has a conditional write for comments, so
   * whoever has read before our write and writes after it takes our part away without knowing; a writer gives up when it
   * needs longer than `deadline` from its reading to the answer, and this wait is longer than that.
   * @default 5000
   */
  readonly settle?: number;
  /** Milliseconds from reading to the answer of the write, after which the write is given up. @default 4000 */
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
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1, for waits that should differ between two runs. */
  random(): number;
  /** A signal that aborts after some milliseconds. */
  timeout(milliseconds: number): AbortSignal;
}

const realClock: Clock = {
  now: Date.now,
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
 * token's and its first line is the entry's marker. Reads right before it writes, looks after a while whether the write
 * lasted, and tries again where it did not. Of several posts of ours the oldest stays with what all of them held.
 * @throws ForgeError when the forge refuses for good, or it did not work in all attempts
 */
export async function upsert(board: Board, entry: Entry, options: UpsertOptions = {}): Promise<Upserted> {
  const { attempts = 8, clock = realClock, settle = 5000, signal } = options;
  const waits = { left: (options.patience ?? 300) * 1000 };
  const author = await insisting(() => board.author({ signal }), board, waits, options);
  let first: Upserted["outcome"] | undefined;
  const sent: Sent = { isOpen: false };
  let last: ForgeError | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    signal?.throwIfAborted();
    try {
      const round = await once(board, entry, author, sent, options);
      // What is told is the first thing that was done: a comment that was made and then completed was created.
      if (round.outcome === "unchanged" && !sent.isOpen) return { ...round, outcome: first ?? "unchanged" };
      if (round.outcome !== "unchanged") first ??= round.outcome;
      sent.isOpen = false;
      last = undefined;
      await clock.sleep(settle * (1 + clock.random() / 4), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ForgeError) || !isPassing(error)) throw error;
      last = error;
      options.report?.(`${error.message}; trying again`);
      await wait(error, board, attempt, waits, options);
    }
  }
  throw (
    last ??
    new ForgeError(
      "conflict",
      `${board.name}: others changed the same text ${attempts} times while it was written`,
      "let one job post for all stacks, or run it again",
    )
  );
}

/** Whether a write is on its way or was given up: it may have landed, and has to last like one that was answered. */
interface Sent {
  isOpen: boolean;
}

/** Reads, and writes if what is there is not what should be. */
async function once(board: Board, entry: Entry, author: string, sent: Sent, options: UpsertOptions): Promise<Upserted> {
  const { clock = realClock, deadline = 4000, signal } = options;
  const found = (await board.posts({ signal })).filter((post) => post.author === author && entry.isOurs(post.body));
  const outlook = look(board, entry, found);
  if (outlook.done) return outlook.done;
  // Finding it may have taken many pages; what is written over is read again right before the write.
  const begun = clock.now();
  const ours = await Promise.all(found.map(({ id }) => board.post(id, { signal })));
  if (!ours.every((post) => post !== undefined)) throw changed(board);
  const { done, wanted } = look(board, entry, ours);
  if (done) return done;
  const left = deadline - (clock.now() - begun);
  // Too old to be written over: whoever wrote since would lose it.
  if (left <= 0) throw slow(board, deadline);
  const timer = clock.timeout(left);
  sent.isOpen = true;
  try {
    return await write(board, ours, wanted, { signal: signal ? AbortSignal.any([signal, timer]) : timer });
  } catch (error) {
    signal?.throwIfAborted();
    throw timer.aborted ? slow(board, deadline) : error;
  }
}

/** What should be there, and whether it is. */
function look(board: Board, entry: Entry, ours: readonly Post[]): { done?: Upserted; wanted: string | undefined } {
  const merged = entry.merge(ours.map(({ body }) => normal(body)));
  // Whoever rendered it: nothing that looks like a secret is posted.
  const wanted = merged === undefined ? undefined : withoutShapes(merged);
  if (wanted !== undefined && wanted.length > board.limit) throw tooLong(board, wanted.length);
  const [keep] = ours;
  if (wanted === undefined && !keep) return { done: { outcome: "unchanged" }, wanted };
  const same = keep && ours.length === 1 && wanted !== undefined && normal(keep.body) === normal(wanted);
  return same ? { done: { outcome: "unchanged", url: keep.url }, wanted } : { wanted };
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

/** Asks until there is an answer or nothing to wait for. */
async function insisting<T>(
  ask: () => Promise<T>,
  board: Board,
  waits: { left: number },
  options: UpsertOptions,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ForgeError) || !isPassing(error) || attempt >= 4) throw error;
      options.report?.(`${error.message}; trying again`);
      await wait(error, board, attempt, waits, options);
    }
  }
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

function isPassing({ problem }: ForgeError): boolean {
  return passing.includes(problem);
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
