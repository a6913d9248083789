import type { Complaint } from "../../components/clouds/shared/facts/demand";
import type { Resource } from "../../engine/resources/resource";

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
  /** What it demands, in a sentence. */
  readonly description: string;
  /** What happens without it. */
  readonly why: string;
  /** Where it is said by others: a benchmark's number, or the page of who makes the thing. */
  readonly source: string;
  /** Complaints about one resource, each with what to do; asked for every custom resource that the stack makes. */
  readonly resource?: (resource: Resource) => readonly Complaint[];
  /** Complaints about the stack; each names its resource. */
  readonly stack?: (resources: readonly Resource[]) => readonly StackComplaint[];
}

/** What is wrong in a stack, and with which resource. */
export interface StackComplaint extends Complaint {
  readonly urn: string;
}

/** Rules of one subject, as the documentation groups them. */
export interface Subject {
  /** `Exposure`: what it is called. */
  readonly title: string;
  readonly rules: readonly Rule[];
}
