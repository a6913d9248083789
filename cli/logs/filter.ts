import { type Level, type LogRecord, levels } from "./record";

/** Which lines are shown. */
export interface Wanted {
  /** A request id, or its beginning. */
  readonly request?: string;
  /** The least severe level. A line without a level is shown: it may be the trace of a crash. */
  readonly level?: Level;
  readonly grep?: RegExp;
}

/** Fewer characters of a request id would fit many requests. */
export const shortestRequestId = 8;

/**
 * Decides line by line. A request is followed into what it led to: a socket of the chat that was opened with the token that
 * this request got has an id of its own, which counts from then on.
 */
export class LogFilter {
  private readonly led = new Set<string>();
  private readonly least: number;

  constructor(private readonly wanted: Wanted) {
    this.least = wanted.level ? levels.indexOf(wanted.level) : 0;
  }

  /** Whether an earlier line may depend on what a later one teaches. */
  get learns(): boolean {
    return this.wanted.request !== undefined;
  }

  /**
   * Learns what the request led to. Each line is to be learned from some time before it is asked about: the edge may tell of
   * a socket that was short earlier than the chat does, and two nodes' clocks differ.
   */
  learn({ requestId, fromRequest }: LogRecord): void {
    const { request } = this.wanted;
    if (request && requestId && fromRequest?.startsWith(request)) this.led.add(requestId);
  }

  shows(record: LogRecord): boolean {
    if (this.wanted.request && !this.belongs(record, this.wanted.request)) return false;
    if (record.level && levels.indexOf(record.level) < this.least) return false;
    return !this.wanted.grep || this.wanted.grep.test(record.text);
  }

  private belongs({ requestId, text, fields }: LogRecord, request: string): boolean {
    if (requestId) return requestId.startsWith(request) || this.led.has(requestId);
    // A line in nobody's form may quote it.
    return !fields && text.includes(request);
  }
}
