/** Who gave a label, when, and since when there is what it was given for. */
export interface Labelled {
  /** Log-in name; empty where the account is gone. */
  readonly by: string;
  readonly given: Date;
  /** Whether that person may write to the repository now; on most forges a label may be given by others too. */
  readonly mayWrite: boolean;
  /** When the commit at the head came, by the forge's clock and not by the commit's; undefined where nothing tells. */
  readonly arrived?: Date;
}

/** A label's coming and going, as a forge keeps it. */
export interface LabelEvent {
  readonly label: string;
  readonly action: "add" | "remove";
  readonly at: string;
}

/** The event by which a pull request has a label now; undefined when it has not. Events are in order of time. */
export function lastGiven<Event extends LabelEvent>(events: readonly Event[], label: string): Event | undefined {
  const last = events.filter((event) => event.label === label).at(-1);
  return last?.action === "add" ? last : undefined;
}
