/** Something that a `destroy` does not take away, and what it costs or needs. */
export interface LeftBehind {
  /** What it is, with its name at the cloud. */
  readonly what: string;
  /** How it is looked at, or taken away for good. */
  readonly todo: string;
}

/** What the cloud's CLI waits with: words, and flags with the input that each takes. */
export interface Wait {
  readonly words: string;
  readonly flags: Readonly<Record<string, string>>;
}
