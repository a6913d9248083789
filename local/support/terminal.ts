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
 * How wide text may be and whether it may have colours: only on a terminal, and not where `NO_COLOR` is set
 * (https://no-color.org) or the terminal is `dumb`.
 */
export function terminalStyle(out: Terminal = process.stdout, env: NodeJS.ProcessEnv = process.env): TextStyle {
  const columns = out.isTTY ? out.columns : undefined;
  const width = columns ? Math.max(40, Math.min(widest, columns)) : elsewhere;
  return {
    width,
    valueWidth: columns ? Math.max(40, columns) : Number.POSITIVE_INFINITY,
    colours: out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
  };
}
