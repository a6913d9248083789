import { alpine } from "../../components/calendar/alpine";
import { debian } from "../../components/calendar/debian";
import type { SupportTable } from "../../components/calendar/model";
import { nginx } from "../../components/calendar/nginx";
import { node } from "../../components/calendar/node";
import { lineOf } from "../../components/calendar/order";
import { postgres } from "../../components/calendar/postgres";
import { redis } from "../../components/calendar/redis";
import { valkey } from "../../components/calendar/valkey";

/** A product whose images are known by the name of their repository. */
export interface Product {
  readonly name: string;
  /** The last part of a repository's name. */
  readonly repository: RegExp;
  readonly table: SupportTable;
  /** How many numbers of a version make its line. */
  readonly numbers: 1 | 2;
  /** Whether somebody on a line would go to another one. @default to every newer one */
  readonly goesTo?: (from: string, to: string) => boolean;
}

/** An even number: of a stable line of NGINX, of a Node.js with long-term support. */
const even = (number: string | undefined) => Number(number) % 2 === 0;
const minor = (line: string) => line.split(".")[1];

export const products: readonly Product[] = [
  { name: "Postgres", repository: /^(postgres|postgresql)$/, table: postgres, numbers: 1 },
  { name: "Redis", repository: /^redis$/, table: redis, numbers: 2 },
  { name: "Valkey", repository: /^valkey$/, table: valkey, numbers: 2 },
  {
    ...{ name: "NGINX", repository: /^nginx(-unprivileged)?$/, table: nginx, numbers: 2 },
    // A stable line is left for the next stable one only.
    goesTo: (from, to) => !even(minor(from)) || even(minor(to)),
  },
  { name: "Node.js", repository: /^node$/, table: node, numbers: 1, goesTo: (_from, to) => even(to) },
  { name: "Alpine", repository: /^alpine$/, table: alpine, numbers: 2 },
];

/** Debian's lines have names, which tags use. */
export const debianNames: readonly string[] = Object.keys(debian.lines);

/** The number of the first release in the table: buster is Debian 10. */
const firstDebian = 10;

/** The system that an image is made of, as a tag names it: `bookworm`, `alpine3.22`, `12-slim` of Debian itself. */
export function systemIn(tag: string, ofDebian: boolean): { readonly name: string; readonly line: string } | undefined {
  const words = tag.split("-");
  const named = words.find((word) => debianNames.includes(word));
  if (named) return { name: "Debian", line: named };
  const number = ofDebian ? lineOf(words[0] ?? "", 1) : undefined;
  const numbered = number && debianNames[Number(number) - firstDebian];
  if (numbered) return { name: "Debian", line: numbered };
  const [, branch] = /(?:^|-)alpine(\d+\.\d+)/.exec(tag) ?? [];
  return branch ? { name: "Alpine", line: branch } : undefined;
}
