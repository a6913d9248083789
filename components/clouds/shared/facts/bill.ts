import type { Inputs } from ".";
import type { MadeCluster } from "./landscape";
import type { Range } from "./range";
import type { Resource } from "./resource";

/** What is found out is written on the bill; there is nothing to return. */
export type Written = undefined;

/** Writes what a resource costs on its bill. */
export type Price = (bill: Bill, inputs: Inputs) => Written;

/** Why a type costs nothing by itself. */
export interface Free {
  readonly why: string;
  /** The page that says so. */
  readonly source: string;
}

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
export interface Bill {
  readonly resource: Resource;
  /** The cluster that the stack makes; undefined where the cluster exists. */
  readonly cluster: MadeCluster | undefined;
  /** The resources of a type that the stack makes. */
  ofType(type: string): readonly Resource[];
  /** The resource with this URN. */
  byUrn(urn: string): Resource | undefined;
  /** All machines of the cluster; undefined where that is not known. */
  readonly machines: Range | undefined;
  /** Writes a line, or what there is no price for. */
  charge(charge: Charge): Written;
  /** A charge of what is assumed, times a number of things that have it. */
  assume(name: string, item: string, what: string, of?: number | Range): Written;
  /** Something that costs and is not in the total. */
  unpriced(what: string, why: string): Written;
  /** The resource costs nothing. */
  free(why: string): Written;
  /** A number of the resource's inputs; where it is none, that is written down. @returns undefined then */
  number(value: unknown, name: string, what: string): number | undefined;
  /** A part of the inputs, empty where it is not given; where nobody can read it, that is written down. */
  part(value: unknown, name: string, what: string): Inputs | undefined;
  /** A yes or no of the inputs, no where it is not given; where nobody can read it, that is written down. */
  flag(value: unknown, name: string, what: string): boolean;
  /** A figure that no stack contains. */
  assumed(name: string): Range;
  /** Between the bounds of an autoscaler. */
  scaled(least: number, most: number): Range;
  /** US dollars for one unit of an item; undefined where the sheet has no price of it. */
  listPrice(item: string): Range | undefined;
}

/** `3 to 9`, or `3`. */
export function span({ low, high }: Range): string {
  return low === high ? short(low) : `${short(low)} to ${short(high)}`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
