import { PassThrough } from "node:stream";
import { type Api, ApiAnswer } from "../../../cli/cluster/apiProxy";

/** A container of a fake cluster, whose log grows. */
export class FakeContainer {
  readonly lines: string[] = [];
  instance = "containerd://1";
  running = true;
  restarts = 0;
  readonly streams = new Set<PassThrough>();

  constructor(
    readonly pod: string,
    readonly labels: Record<string, string>,
  ) {}

  /** Says something at a time: the log has it, and whoever follows gets it. */
  say(time: string, text: string): void {
    const line = `${time} ${text}\n`;
    this.lines.push(line);
    for (const stream of this.streams) stream.write(line);
  }

  /** Connections break; the log stays. */
  breakOff(): void {
    for (const stream of this.streams) stream.destroy(new Error("socket hang up"));
    this.streams.clear();
  }

  /** The container ends: whoever follows reads to the end. */
  end(): void {
    this.running = false;
    for (const stream of this.streams) stream.end();
    this.streams.clear();
  }

  get object(): any {
    return {
      metadata: { name: this.pod, uid: `uid-${this.pod}`, labels: this.labels },
      status: {
        containerStatuses: [
          {
            ...{ name: "main", containerID: this.instance, restartCount: this.restarts },
            state: this.running ? { running: {} } : { terminated: {} },
          },
        ],
      },
    };
  }
}

export const labels = (name: string, component: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/component": component,
});

/** An API server that knows pods, their logs and a watch, in memory. */
export class FakeApi implements Api {
  readonly containers: FakeContainer[] = [];
  readonly asked: string[] = [];
  readonly watches = new Set<PassThrough>();
  /** Refuses everything with this status while it is set; 0 is a connection that breaks. */
  away: number | undefined;

  add(container: FakeContainer): void {
    this.containers.push(container);
    this.tell("ADDED", container);
  }

  tell(type: "ADDED" | "MODIFIED" | "DELETED", container: FakeContainer): void {
    for (const watch of this.watches) watch.write(`${JSON.stringify({ type, object: container.object })}\n`);
  }

  remove(container: FakeContainer): void {
    this.containers.splice(this.containers.indexOf(container), 1);
    this.tell("DELETED", container);
  }

  async get<T>(path: string): Promise<T> {
    this.asked.push(path);
    this.refuse();
    return { metadata: { resourceVersion: "7" }, items: this.containers.map(({ object }) => object) } as T;
  }

  async open(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    this.asked.push(path);
    this.refuse();
    const url = new URL(path, "http://localhost");
    const stream = new PassThrough();
    stream.on("error", () => {});
    signal.addEventListener("abort", () => stream.destroy(new Error("aborted")));
    if (url.searchParams.get("watch")) {
      this.watches.add(stream);
      stream.on("close", () => this.watches.delete(stream));
      return stream;
    }
    const pod = /pods\/([^/]+)\/log$/.exec(url.pathname)?.[1];
    const container = this.containers.find((each) => each.pod === pod);
    if (!container) throw new ApiAnswer(404, `pods "${pod}" not found`);
    const since = url.searchParams.get("sinceTime");
    const tail = url.searchParams.get("tailLines");
    // As the API server does: whole seconds, the second itself included.
    const lines = container.lines.filter((line) => !since || line.slice(0, 19) >= since.slice(0, 19));
    for (const line of tail ? lines.slice(-Number(tail)) : lines) stream.write(line);
    if (url.searchParams.get("follow") && container.running) container.streams.add(stream);
    else stream.end();
    return stream;
  }

  private refuse(): void {
    if (this.away === 0) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    if (this.away !== undefined) throw new ApiAnswer(this.away, `status ${this.away}`);
  }
}
