import type { Board, Deadline } from "../../../review/forge/board";
import { ForgeError } from "../../../review/forge/errors";
import type { Clock } from "../../../review/forge/upsert";

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake(): void;
}

/**
 * A clock that goes on only when all of its actors sleep: what many writers do at the same time happens in one order,
 * decided by a seed, however fast the machine is.
 */
export class VirtualTime {
  private time = 0;
  private order = 0;
  private awake = 0;
  private readonly sleepers: Sleeper[] = [];

  constructor(private readonly random: () => number) {}

  /** Runs actors until all of them are done. */
  async run<T>(actors: readonly ((clock: Clock) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
    this.awake = actors.length;
    return Promise.allSettled(
      actors.map(async (actor) => {
        try {
          return await actor(this.clock());
        } finally {
          this.awake--;
          this.goOn();
        }
      }),
    );
  }

  clock(): Clock {
    return {
      now: () => this.time,
      random: this.random,
      sleep: (milliseconds) => this.sleep(milliseconds),
      timeout: (milliseconds) => {
        const controller = new AbortController();
        this.sleepers.push({ at: this.time + milliseconds, order: this.order++, wake: () => controller.abort() });
        return controller.signal;
      },
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.awake++;
        resolve();
      };
      this.sleepers.push({ at: this.time + milliseconds, order: this.order++, wake });
      this.awake--;
      this.goOn();
    });
  }

  /** The next sleeper, when nobody is awake. An aborted signal wakes nobody by itself: who waits for it looks then. */
  private goOn(): void {
    while (this.awake === 0 && this.sleepers.length > 0) {
      this.sleepers.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.sleepers.shift()!;
      this.time = next.at;
      next.wake();
    }
  }
}

/** A board with the time that requests take on their way there and back, by a virtual clock. */
export function distant(board: Board, clock: Clock, way: () => number): Board {
  const travel = async <T>(deadline: Deadline | undefined, request: () => Promise<T>): Promise<T> => {
    const given = () => deadline?.signal?.aborted === true;
    const up = () => new ForgeError("unavailable", "given up", "run it again");
    await clock.sleep(way());
    if (given()) throw up();
    const answer = await request().then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    await clock.sleep(way());
    if (given()) throw up();
    return answer();
  };
  return {
    ...{ name: board.name, limit: board.limit },
    author: (deadline) => travel(deadline, () => board.author()),
    posts: (deadline) => travel(deadline, () => board.posts()),
    post: (id, deadline) => travel(deadline, () => board.post(id)),
    create: (body, deadline) => travel(deadline, () => board.create(body)),
    update: (id, body, deadline) => travel(deadline, () => board.update(id, body)),
    remove: (id, deadline) => travel(deadline, () => board.remove(id)),
  };
}
