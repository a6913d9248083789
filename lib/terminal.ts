/** What decides how text is shown. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Widest that text is set, in columns: longer lines are hard to read. */
const widest = 140;
/** Where no terminal says how wide it is. */
const elsewhere = 120;

/** How text is set. */
export interface TextStyle {
  /** Columns that sentences may take. */
  readonly width: number;
  /** Columns that a value may take before it goes on in the next line: where there is no terminal, all that it needs. */
  readonly valueWidth: number;
  readonly colours: boolean;
}

/**
 * How wide text may be and whether it may have colours: on a terminal that is not `dumb`, or where `FORCE_COLOR` is set
 * (https://force-color.org); never where `NO_COLOR` is (https://no-color.org).
 */
export function terminalStyle(out: Terminal = process.stdout, env: NodeJS.ProcessEnv = process.env): TextStyle {
  const columns = out.isTTY ? out.columns : undefined;
  const width = columns ? Math.max(40, Math.min(widest, columns)) : elsewhere;
  return {
    width,
    valueWidth: columns ? Math.max(40, columns) : Number.POSITIVE_INFINITY,
    colours: wantsColours(out.isTTY === true, env),
  };
}

function wantsColours(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR || FORCE_COLOR === "0" || FORCE_COLOR === "false") return false;
  return FORCE_COLOR !== undefined || (isTerminal && TERM !== "dumb");
}
