/** Names that are kept out of the public DNS, so that no public authority certifies a host below them, with the source. */
const reserved: Readonly<Record<string, string>> = {
  "example.com": "RFC 2606",
  "example.net": "RFC 2606",
  "example.org": "RFC 2606",
  example: "RFC 2606",
  invalid: "RFC 2606",
  test: "RFC 2606",
  localhost: "RFC 6761",
  local: "RFC 6762",
  onion: "RFC 7686",
  "home.arpa": "RFC 8375",
  alt: "RFC 9476",
  // https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en
  internal: "ICANN 2024",
};

/** A reserved name and the document that reserves it. */
export interface ReservedName {
  readonly name: string;
  readonly source: string;
}

/** The reserved name that a host is, or is below; undefined for a name that may be public. @param host lower case */
export function reservedName(host: string): ReservedName | undefined {
  const found = Object.entries(reserved).find(([name]) => host === name || host.endsWith(`.${name}`));
  return found && { name: found[0], source: found[1] };
}
