import type { Resource } from "../../engine/resources/resource";
import { type Count, countOf, type StackContext, show, unreadable } from "./context";
import type { CostLine, Range, Unpriced } from "./model";
import { beyond, hoursOfMonth, range, times } from "./range";
import { type Cloud, priceOf, sheets, usage } from "./sheet";

/** Inputs of a resource; each kind knows its own, and none trusts them. */
// biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
export type Inputs = Record<string, any>;

/** What is found out is written on the bill; there is nothing to return. */
export type Written = undefined;

/** What is charged for. */
export interface Charge {
  /** With quantity and unit, as a person reads it. */
  readonly what: string;
  /** Item of the price sheet. */
  readonly item: string;
  readonly quantity: Range | number;
  /** Name of the assumption that the quantity hangs on. */
  readonly usage?: string;
  /** Share of the list price, such as that of a spot machine. */
  readonly share?: Range;
}

/** What one resource costs: lines, what has no price, and why it is free. At least one of them is written. */
export class Bill {
  readonly lines: CostLine[] = [];
  readonly missing: Unpriced[] = [];
  freeBecause: string | undefined;
  readonly region: string | undefined;
  readonly #component: string;

  constructor(
    readonly resource: Resource,
    readonly context: StackContext,
    readonly cloud: Cloud,
  ) {
    this.region = context.regionOf(resource, cloud);
    this.#component = context.componentOf(resource);
  }

  /** Writes a line, or what there is no price for. */
  charge({ what, item, quantity, usage: assumption, share }: Charge): Written {
    if (!this.region) return this.unpriced(what, "its region is not known before an up");
    const price = priceOf(sheets[this.cloud], item, this.region);
    if (!price) return this.unpriced(what, `the sheet has no price of ${item} in ${this.region}`);
    const amount = beyond(typeof quantity === "number" ? range(quantity) : quantity, price.free);
    const usd = share ? times(price.usd, share) : price.usd;
    this.lines.push({
      ...{ urn: this.resource.urn, component: this.#component, what, item, quantity: amount, price: usd },
      ...{ unit: price.unit, source: sheets[this.cloud].sources[price.source]!.url },
      monthly: times(times(amount, usd), price.unit.endsWith("hour") ? hoursOfMonth : 1),
      ...(assumption && { usage: assumption }),
    });
  }

  /** A charge of what is assumed, times a number of things that have it. */
  assume(name: string, item: string, what: string, of: number | Range = 1): Written {
    this.charge({ what, item, quantity: times(assumed(name), of), usage: name });
  }

  /** Something that costs and is not in the total. */
  unpriced(what: string, why: string): Written {
    this.missing.push({ urn: this.resource.urn, component: this.#component, what, why });
  }

  /** The resource costs nothing. */
  free(why: string): Written {
    this.freeBecause = why;
  }

  /** A number of the resource's inputs; where it is none, that is written down. @returns undefined then */
  number(value: unknown, name: string, what: string): number | undefined {
    const count: Count = countOf(value, name);
    if ("value" in count) return count.value;
    this.unpriced(what, count.why);
    return undefined;
  }

  /** A part of the inputs, empty where it is not given; where nobody can read it, that is written down. */
  part(value: unknown, name: string, what: string): Inputs | undefined {
    if (value === undefined || value === null) return {};
    if (typeof value === "object") return value as Inputs;
    this.unpriced(what, unreadable(value, name) ?? `${name} is ${show(value)}`);
    return undefined;
  }

  /** A yes or no of the inputs, no where it is not given; where nobody can read it, that is written down. */
  flag(value: unknown, name: string, what: string): boolean {
    if (value === undefined || value === null || value === false || value === "false") return false;
    if (value === true || value === "true") return true;
    this.unpriced(what, unreadable(value, name) ?? `${name} is ${show(value)}`);
    return false;
  }
}

/** A figure of `usage.json`. */
export function assumed(name: string): Range {
  const { low, likely, high } = usage[name]!;
  return { low, likely, high };
}

/** `3 to 9`, or `3`. */
export function span({ low, high }: Range): string {
  return low === high ? short(low) : `${short(low)} to ${short(high)}`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
