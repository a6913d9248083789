/** What a tag of a cluster says of a door. */
export interface Door {
  readonly tag: string;
  /** IPv4 address that is let in. */
  readonly address: string;
  /** When it counts as forgotten. */
  readonly until: Date;
}

const prefix = "switchboard.dev/open-to-";

/** Key of the tag of an address's door. https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html */
export function doorTag(address: string): string {
  return `${prefix}${address}`;
}

/** The doors among a cluster's tags. A time that is none is over: a door that nobody closes is worse than one closed early. */
export function doorsOf(tags: Readonly<Record<string, string>>): Door[] {
  return Object.entries(tags)
    .filter(([tag]) => tag.startsWith(prefix))
    .map(([tag, until]) => ({ tag, address: tag.slice(prefix.length), until: new Date(until) }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Whether a door's time is over. */
export function isOver({ until }: Door, now: Date): boolean {
  return !(until.getTime() > now.getTime());
}
