import { type Change, removed } from "../../schema/change";

/** What has been answered so far, by the keys of the questions. */
export type Given = Readonly<Record<string, string | undefined>>;

/** One thing to know about a new stack. */
export interface Question {
  readonly key: string;
  /** Name of the flag that answers it: `--acme-email`. */
  readonly flag: string;
  /** How it is asked. */
  readonly message: string | ((given: Given) => string);
  /** The question in the words of `--help`. */
  readonly help: string;
  /** The settings that the answer decides, as errors name them: a problem of theirs is the answer's. */
  readonly settings: readonly string[];
  /** The answers to choose from, with what they mean. */
  readonly choices?: (given: Given) => readonly { readonly value: string; readonly name: string }[];
  /** Whether it has to be known, after the answers before it. @default always */
  readonly applies?: (given: Given) => boolean;
  /** The likely answer. */
  readonly suggestion?: (given: Given) => string | undefined;
  /** Whether the suggestion is taken where nobody can be asked; else a missing answer is an error. */
  readonly optional?: boolean;
}

/** How a question is asked after these answers. */
export function textOf(message: Question["message"], given: Given): string {
  return typeof message === "string" ? message : message(given);
}

/** What is known besides the answers. */
export interface Known {
  /** The ports of this machine that other stacks on the local nodes have. */
  readonly usedPorts: readonly number[];
  /** Images with their digests, of the committed production stack. */
  readonly images: { readonly postgres: string; readonly edge: string };
}

/** What a new stack on one kind of cluster is asked and made of. */
export interface NewStackKind {
  /** Name of the committed stack that it is made from. */
  readonly base: string;
  /** How it is offered. */
  readonly offered: string;
  /** Where it runs, in the first line of its file. */
  readonly place: string;
  /** What only this kind asks, before the host names. */
  readonly questions: readonly Question[];
  /** The same after the host names are known. @default nothing */
  readonly hostQuestions?: readonly Question[];
  /** The same where images are built from sources. @default nothing */
  readonly imageQuestions?: readonly Question[];
  /** Where images of the stack are pushed to, without the app's name. @default localhost and the stack's name */
  readonly registry?: (given: Given) => string | undefined;
  /** Whether there is a choice of size. @default true */
  readonly sized?: boolean;
  /** Whether a public authority can reach it. @default true */
  readonly public?: boolean;
  /** Domain in which every host name is at once. @default none */
  readonly domain?: string;
  /** What the answers change in the base. Nothing is changed by what is not answered yet. */
  readonly changes: (given: Given, known: Known) => readonly Change[];
  /** What a size changes in the base. */
  readonly sizes: Readonly<Record<"small" | "production", readonly Change[]>>;
  /** What the last of the next commands does. */
  readonly up: string;
  /** Where the state is kept, and the key that encrypts its secrets. @default where the person chose */
  readonly state?: (given: Given) => { readonly backend: string; readonly secretsProvider: string };
}

/** What an outage of some minutes does no harm to can do without, on a cloud's production stack. */
export const smallCloud: readonly Change[] = [
  ["edge.replicas", 2],
  ["operations.protect", false],
];

/** The changes whose values are known. */
export function answered(changes: readonly Change[]): readonly Change[] {
  return changes.filter(([, value]) => value !== undefined);
}

/** Whether the stack uses one of the stores, as far as that is known: one that was not asked has both. */
export function usesStore({ stores = "both" }: Given, store: "postgres" | "redis"): boolean {
  return stores === "both" || stores === store;
}

/** The zone of the cloud that the hosts are in, as `key` names it; the base's is another's and goes. */
export function zoneChanges(key: string, given: Given): readonly Change[] {
  const { dnsZone, dnsDomain } = given;
  if (dnsZone === undefined || dnsZone === "none") return [["cluster.dnsZone", removed]];
  return [
    [`cluster.dnsZone.${key}`, dnsZone],
    ["cluster.dnsZone.domain", dnsDomain ?? domainOf(given.host)],
  ];
}

/** How a cloud's zone is asked for. @param message what names the zone here */
export function zoneQuestions(message: string): readonly Question[] {
  return [
    {
      key: "dnsZone",
      flag: "dns-zone",
      message: `${message}; none: records by hand`,
      help: "name or id of the cloud's DNS zone for these hosts (default: none)",
      settings: ["cluster.dnsZone"],
      suggestion: () => "none",
      optional: true,
    },
    {
      key: "dnsDomain",
      flag: "dns-domain",
      message: "Domain of this zone",
      help: "its domain, where there is a zone (default: the first host without its first part)",
      settings: ["cluster.dnsZone.domain"],
      applies: ({ dnsZone }) => dnsZone !== undefined && dnsZone !== "none",
      suggestion: (given) => domainOf(given.host),
      optional: true,
    },
  ];
}

/** A host name without its first part: `example.com` for `panel.example.com`. */
export function domainOf(host = ""): string {
  return host.replace(/^[^.]*\./, "");
}
