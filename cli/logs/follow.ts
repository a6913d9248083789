import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiAnswer } from "../cluster/apiProxy";
import { linesOf } from "./lines";
import { type LogSource, type Pod, sourcesOf } from "./pods";
import { type Cursor, type Part, readLog } from "./reader";
import type { LogRecord } from "./record";

/** Where the logs are, and what becomes of them. */
export interface FollowOptions {
  readonly api: Api;
  readonly namespace: string;
  readonly selector: string;
  readonly wants: (source: LogSource) => boolean;
  readonly part: Part;
  /** What was read before, by container: it is not given again. */
  readonly cursors?: ReadonlyMap<string, Cursor>;
  readonly emit: (record: LogRecord) => void;
  /** Told once when the cluster cannot be reached, and once when it can again; when pods come and go. */
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before the first attempt to connect again; doubles up to ten times that. @default 500 */
  readonly retryMs?: number;
}

interface Followed {
  source: LogSource;
  /** The instance whose log has been read to its end. */
  ended?: string;
  reading: boolean;
  readonly cursor: Cursor;
}

/** Follows the logs of all wanted pods, of those that come later too, until the signal. */
export class Follower {
  private readonly followed = new Map<string, Followed>();
  private lost = false;

  constructor(private readonly options: FollowOptions) {}

  /** @throws ApiAnswer when pods may not be listed: trying again would not help */
  async run(): Promise<void> {
    const { signal } = this.options;
    let wait = this.options.retryMs ?? 500;
    while (!signal.aborted) {
      try {
        await this.watch();
        wait = this.options.retryMs ?? 500;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiAnswer && [401, 403, 404].includes(error.status)) throw error;
        this.lose(error as Error);
        await pause(wait, signal);
        wait = Math.min(wait * 2, (this.options.retryMs ?? 500) * 10);
      }
    }
  }

  /** All pods as they are, and from then on every change. The API server ends a watch after some minutes. */
  private async watch(): Promise<void> {
    const { api, namespace, selector, signal } = this.options;
    const base = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    const list = await api.get<{ metadata: { resourceVersion: string }; items: Pod[] }>(base);
    this.find();
    const there = new Set(list.items.map(({ metadata }) => metadata.uid));
    for (const key of this.followed.keys()) if (!there.has(key.split("/")[0]!)) this.followed.delete(key);
    for (const pod of list.items) this.take(pod);
    const query = `&watch=true&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`;
    for await (const line of linesOf(await api.open(`${base}${query}`, signal))) {
      const { type, object } = JSON.parse(line) as { type: string; object: Pod };
      // ERROR: the version is too old; listing again gives a new one.
      if (type === "ERROR") return;
      if (type === "BOOKMARK") continue;
      if (type === "DELETED") this.leave(object);
      else this.take(object);
    }
  }

  private take(pod: Pod): void {
    for (const source of sourcesOf(pod).filter(this.options.wants)) {
      const known = this.followed.get(source.key);
      if (known) {
        known.source = source;
        this.read(known);
        continue;
      }
      const before = this.options.cursors?.get(source.key);
      const cursor = before ? { ...before } : { time: "", count: 0 };
      const followed: Followed = { source, reading: false, cursor };
      this.followed.set(source.key, followed);
      this.read(followed);
    }
  }

  private leave({ metadata }: Pod): void {
    for (const key of this.followed.keys()) if (key.startsWith(`${metadata.uid}/`)) this.followed.delete(key);
  }

  /** Reads the log of the newest instance to its end, again and again while the container runs. */
  private async read(followed: Followed): Promise<void> {
    if (followed.reading || followed.ended === followed.source.instance) return;
    followed.reading = true;
    const { api, namespace, part, emit, signal, retryMs = 500 } = this.options;
    let wait = retryMs;
    while (!signal.aborted && this.followed.get(followed.source.key) === followed) {
      const { source } = followed;
      if (followed.ended === source.instance) break;
      try {
        for await (const record of readLog(api, namespace, source, part, true, followed.cursor, signal)) emit(record);
        // The end of the log: of the container, or of the connection to a container that still runs.
        if (!followed.source.running || followed.source.instance !== source.instance) followed.ended = source.instance;
        else await pause(wait, signal);
      } catch (error) {
        if (signal.aborted) break;
        // The pod is gone, or its container has not started: a change of the pod says when to come again.
        if (error instanceof ApiAnswer && [400, 404].includes(error.status)) break;
        await pause(wait, signal);
        wait = Math.min(wait * 2, retryMs * 10);
      }
    }
    followed.reading = false;
  }

  private lose(error: Error): void {
    if (!this.lost) this.options.note(`the cluster cannot be reached (${error.message}); trying again`);
    this.lost = true;
  }

  private find(): void {
    if (this.lost) this.options.note("the cluster can be reached again");
    this.lost = false;
  }
}

/** Waits; a signal ends it without an error. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}
