import type { Api } from "../cluster/apiProxy";
import { linesOf } from "./lines";
import type { LogSource } from "./pods";
import { type LogRecord, readLine } from "./record";

/** Which part of a log. */
export interface Part {
  /** RFC 3339; the API server counts whole seconds. */
  readonly sinceTime?: string;
  readonly tailLines?: number;
  /** The log of the container before its last restart. */
  readonly previous?: boolean;
}

/** How far the log of one container has been read, so that a connection that broke goes on where it was. */
export interface Cursor {
  /** Time of the last line. */
  time: string;
  /** Lines with this time: several may have the same. */
  count: number;
}

/**
 * Reads the log of one container, from the cursor on where there is one, and moves the cursor.
 * @throws ApiAnswer when there is no log, or the error of a connection that broke
 */
export async function* readLog(
  api: Api,
  namespace: string,
  source: LogSource,
  part: Part,
  follow: boolean,
  cursor: Cursor,
  signal: AbortSignal,
): AsyncGenerator<LogRecord> {
  const { tier, pod, container } = source;
  const known = { ...cursor };
  const query = new URLSearchParams({ container, timestamps: "true" });
  if (follow) query.set("follow", "true");
  if (part.previous) query.set("previous", "true");
  // Seconds are whole at the API server: what was read within the same second is left out here.
  if (known.time) query.set("sinceTime", `${known.time.slice(0, 19)}Z`);
  else if (part.sinceTime) query.set("sinceTime", part.sinceTime);
  if (!known.time && part.tailLines !== undefined) query.set("tailLines", String(part.tailLines));
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log?${query}`;
  const stream = await api.open(path, signal);
  let same = 0;
  for await (const line of linesOf(stream)) {
    if (line === "") continue;
    const record = readLine(line, { tier, pod, container }, cursor.time);
    if (known.time) {
      if (record.time < known.time) continue;
      if (record.time === known.time && ++same <= known.count) continue;
    }
    if (record.time === cursor.time) cursor.count++;
    else Object.assign(cursor, { time: record.time, count: 1 });
    yield record;
  }
}
