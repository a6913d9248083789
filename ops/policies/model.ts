import type { Resource } from "../resources/resource";

/** `mandatory` fails a preview, `advisory` is shown. */
export type Level = "mandatory" | "advisory";

/** One thing that a rule found. */
export interface Finding {
  /** Name of the rule: `database-not-public`. */
  readonly rule: string;
  readonly level: Level;
  readonly urn: string;
  /** What is wrong, with the property and its value. */
  readonly message: string;
  /** What to do, with the setting's key where there is one. */
  readonly todo: string;
}

/** A rule about resources: about one at a time, or about all of a stack together. */
export interface Rule {
  readonly name: string;
  readonly level: Level;
  /** What it demands and why, in a sentence or two. */
  readonly description: string;
  /** Complaints about one resource, each with what to do; asked for every custom resource that the stack makes. */
  readonly resource?: (resource: Resource) => readonly Complaint[];
  /** Complaints about the stack; each names its resource. */
  readonly stack?: (resources: readonly Resource[]) => readonly (Complaint & { readonly urn: string })[];
}

/** What is wrong with a resource, and what to do. */
export interface Complaint {
  readonly message: string;
  readonly todo: string;
}
