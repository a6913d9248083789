import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Says what a step is doing right now, in one short line. */
export type Report = (line: string) => void;

/** Where steps are shown. */
export interface StepsOptions {
  readonly out?: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** A file that every line goes to as well, with the time of day. */
  readonly log?: string;
  /** Milliseconds since some fixed moment. @default the clock */
  readonly now?: () => number;
}

interface Running {
  readonly title: string;
  readonly started: number;
  line: string;
  lastLineAt: number;
}

/** Between two lines of one step where lines cannot be overwritten, in milliseconds. */
const quiet = 10_000;

/**
 * Shows steps, several at once if need be, with their time and what they are doing. On a terminal the running steps are
 * redrawn in place; elsewhere each says something at its start and end and at most every ten seconds between.
 */
export class Steps {
  private readonly running = new Set<Running>();
  private readonly out: NonNullable<StepsOptions["out"]>;
  private readonly now: () => number;
  private readonly begun: number;
  private drawn = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly options: StepsOptions = {}) {
    this.out = options.out ?? process.stdout;
    this.now = options.now ?? Date.now;
    this.begun = this.now();
    if (options.log) mkdirSync(dirname(options.log), { recursive: true });
  }

  /** Runs a step. What it throws passes through, after the step is shown as failed. */
  async run<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    const step: Running = { title, started: this.now(), line: "", lastLineAt: Number.NEGATIVE_INFINITY };
    this.running.add(step);
    this.draw();
    try {
      const result = await work((line) => this.report(step, line));
      this.finish(step, "✓");
      return result;
    } catch (error) {
      this.finish(step, "✗");
      throw error;
    }
  }

  /** Prints lines of their own, above the running steps. */
  print(text: string): void {
    this.record(text);
    this.erase();
    this.out.write(`${text}\n`);
    this.draw();
  }

  /** Time since the first step, as minutes and seconds. */
  elapsed(): string {
    return clock(this.now() - this.begun);
  }

  private report(step: Running, line: string): void {
    if (line === step.line) return;
    step.line = line;
    this.record(`${step.title}: ${line}`);
    if (this.out.isTTY) return;
    if (this.now() - step.lastLineAt < quiet) return;
    step.lastLineAt = this.now();
    this.out.write(`  ${this.elapsed()}  ${step.title}: ${line}\n`);
  }

  private finish(step: Running, mark: string): void {
    this.running.delete(step);
    const seconds = (this.now() - step.started) / 1000;
    const text = `${mark} ${step.title} (${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s)`;
    this.print(text);
  }

  private record(text: string): void {
    if (this.options.log) appendFileSync(this.options.log, `${new Date().toISOString()} ${text}\n`);
  }

  private erase(): void {
    if (this.drawn > 0) this.out.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }

  private draw(): void {
    if (!this.out.isTTY) return;
    this.erase();
    const width = (this.out.columns ?? 80) - 1;
    for (const step of this.running) {
      const text = `  ${clock(this.now() - step.started)}  ${step.title}${step.line && `: ${step.line}`}`;
      this.out.write(`${text.length > width ? `${text.slice(0, width - 1)}…` : text}\n`);
      this.drawn++;
    }
    clearTimeout(this.timer);
    if (this.running.size > 0) this.timer = setTimeout(() => this.draw(), 250).unref();
  }
}

/** Milliseconds as `m:ss`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
