import { type Properties, reveal } from "../../../engine/providers/values";

/** What a program asks a cloud to do. */
export type Operation = "create" | "read" | "update" | "delete";

/** One call of a cloud's API, as its log has it. */
export interface LoggedCall {
  readonly operation: Operation;
  /** Pulumi's type token. */
  readonly type: string;
  /** The resource's Pulumi name. */
  readonly name: string;
  /** A call takes time: what else began before it ended ran beside it. */
  readonly moment: "begun" | "done" | "refused";
}

/** A thing that is there. */
export interface Thing {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Every property, as the API tells it. */
  properties: Properties;
}

/** A refusal of the API, in its own words. Nothing was done. */
export class ApiError extends Error {}

/** A request that the API took and then could not bring to its end: the thing is there, and not in order. */
export class HalfWayError extends Error {}

/**
 * A cloud that is kept in memory, for as long as a test. It outlives every run of the CLI, also one that is killed.
 *
 * `switches` are its unkind behaviours, by names; each is named after the public thread that showed it, and what it does
 * is told where it is declared (`google.ts`, `amazon.ts`). A name that no kind of resource asks for is an error.
 */
export class FakeCloud<Switch extends string = string> {
  /** Everything that is there, by type and id. */
  readonly things = new Map<string, Thing>();
  /** Every call of the API, in order. */
  readonly log: LoggedCall[] = [];
  /** How many things of a type there may be. */
  readonly quotas: Record<string, number> = {};
  readonly #held = new Map<string, () => boolean>();
  readonly #listeners = new Set<() => void>();
  readonly #switches: Set<Switch>;

  constructor(switches: readonly Switch[] = []) {
    this.#switches = new Set(switches);
  }

  /** Whether the cloud is unkind in this way. */
  is(name: Switch): boolean {
    return this.#switches.has(name);
  }

  /** Switches a behaviour on or off. */
  set(name: Switch, on: boolean): void {
    if (on) this.#switches.add(name);
    else this.#switches.delete(name);
  }

  find(type: string, id: string): Thing | undefined {
    return this.things.get(key(type, id));
  }

  all(type: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.type === type);
  }

  /** @throws ApiError where it is there already, or there may be no more of them */
  add(thing: Thing): void {
    if (this.find(thing.type, thing.id)) throw new ApiError(`Error 409: ${thing.id} already exists, alreadyExists`);
    const most = this.quotas[thing.type];
    if (most !== undefined && this.all(thing.type).length >= most) {
      throw new ApiError(`Error 403: quota exceeded for ${thing.type}: limit ${most}, quotaExceeded`);
    }
    this.things.set(key(thing.type, thing.id), thing);
  }

  remove(type: string, id: string): void {
    this.things.delete(key(type, id));
  }

  /** Lets no creation of a type end before something has happened. */
  holds(type: string, until: () => boolean): void {
    this.#held.set(type, until);
  }

  /** Waits where a creation of the type is held. @throws Error where what it waits for never comes */
  async released(type: string): Promise<void> {
    const until = this.#held.get(type);
    if (until && !(await this.until(until))) throw new Error(`${type} was held for something that never came`);
  }

  /** Something has happened that no call tells of: whoever waits looks again. */
  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Writes a call down, and wakes whoever waits for it. */
  note(call: LoggedCall): void {
    this.log.push(call);
    this.wake();
  }

  /** Where the first such call is in the log; -1 where it is not. */
  at(operation: Operation, type: string, moment: LoggedCall["moment"], name?: string): number {
    return this.log.findIndex(
      (call) =>
        call.operation === operation &&
        call.type === type &&
        call.moment === moment &&
        (name ?? call.name) === call.name,
    );
  }

  /** Waits until the log shows something. The limit only ends what would never come. */
  async until(shown: () => boolean, limitMilliseconds = 60_000): Promise<boolean> {
    if (shown()) return true;
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(result);
      };
      const listener = () => {
        if (shown()) end(true);
      };
      const timer = setTimeout(() => end(false), limitMilliseconds);
      this.#listeners.add(listener);
    });
  }

  /** What is there, in clear and in order: to look for something that should be nowhere, and to compare. */
  toJSON(): unknown {
    return [...this.things.values()].map(({ properties, ...thing }) => ({ ...thing, properties: reveal(properties) }));
  }
}

function key(type: string, id: string): string {
  return `${type} ${id}`;
}
