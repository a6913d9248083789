import { withoutShapes } from "../../lib/masking";
import { UserError } from "../../lib/userError";

/** What a forge's refusal means for whoever asked. */
export type ForgeProblem =
  /** No or no valid token. */
  | "unauthorized"
  /** The token lacks a permission, or the conversation is locked. */
  | "forbidden"
  /** There is no such thing, or the token may not see it. */
  | "missing"
  /** Something else changed it at the same time. */
  | "conflict"
  /** The text is longer than the forge takes. */
  | "tooLong"
  /** The request is wrong for another reason. */
  | "invalid"
  /** Too many requests: later. */
  | "rateLimited"
  /** The forge is down, slow or cannot be reached. */
  | "unavailable";

/** An answer of a forge that is no success. It carries no token, no header and no body of a request. */
export class ForgeError extends UserError {
  /**
   * @param retryAfter seconds to wait before the next request, where the forge says so
   */
  constructor(
    readonly problem: ForgeProblem,
    what: string,
    todo: string,
    readonly retryAfter?: number,
  ) {
    super(what, todo);
    this.name = "ForgeError";
  }
}

/** What a forge's answer says, in the words that all forges share. */
export interface Answer {
  readonly status: number;
  /** The forge's own message, on one line. */
  readonly message: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A forge's message as it may be shown: one line, no control characters, no address with a token in it. */
export function messageOf(text: string): string {
  return (
    withoutShapes(text)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what has to go
      .replace(/[\u0000-\u001f\u007f]+/g, " ")
      .trim()
      .slice(0, 300) || "it gave no reason"
  );
}

/**
 * Seconds that an answer asks to wait: `Retry-After` (seconds or a date), else the reset time of a limit that is used up
 * (GitHub: `x-ratelimit-reset`, GitLab: `ratelimit-reset`, both in seconds since 1970).
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function retryAfterOf(headers: Answer["headers"], now: number): number | undefined {
  const after = headers["retry-after"];
  if (after !== undefined && after !== "") {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return Math.max(0, seconds);
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now) / 1000));
  }
  const remaining = headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"];
  const reset = Number(headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"]);
  // One second more: a request in the very second of the reset is still refused.
  if (remaining === "0" && reset > 0) return Math.max(0, Math.ceil(reset - now / 1000) + 1);
  return undefined;
}
