/** A comment or an issue on a forge. */
export interface Post {
  readonly id: number;
  readonly body: string;
  /** Who wrote it, by the name that the forge uses for log-ins. */
  readonly author: string;
  /** Address for people. */
  readonly url: string;
}

/** How long a request may take. */
export interface Deadline {
  readonly signal?: AbortSignal;
}

/**
 * Where posts are: the comments of one pull request, or the open issues of one repository. Every method asks the forge;
 * nothing is remembered. All throw `ForgeError`.
 */
export interface Board {
  /** For messages: `pull request #7 of acme/shop`. */
  readonly name: string;
  /** Characters (UTF-16 units) that the forge takes in one post. */
  readonly limit: number;
  /** The log-in name under which this token writes. */
  author(deadline?: Deadline): Promise<string>;
  /** Every post, from all pages, oldest first. */
  posts(deadline?: Deadline): Promise<readonly Post[]>;
  create(body: string, deadline?: Deadline): Promise<Post>;
  /** Replaces the body. */
  update(id: number, body: string, deadline?: Deadline): Promise<void>;
  /** Takes a post away: deletes a comment, closes an issue. */
  remove(id: number, deadline?: Deadline): Promise<void>;
}

/** What is to be on the board, and how it is told apart from everything else there. */
export interface Entry {
  /** Whether a body is of this entry: its marker is the first line, to the letter. */
  isOurs(body: string): boolean;
  /**
   * The body that should be there.
   * @param bodies what is there of this entry, oldest first; several where two runs made one each at the same time
   * @returns undefined when nothing should be there
   */
  merge(bodies: readonly string[]): string | undefined;
}
