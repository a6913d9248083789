import type { Range } from "../../components/clouds/shared/facts/range";

export type { Range };

/** One line of an estimate. */
export interface CostLine {
  /** URN of the resource. */
  readonly urn: string;
  /** Outermost component: `cluster`, `postgres` … */
  readonly component: string;
  /** What is counted, with quantity and unit: `3 to 9 × e2-standard-4`. */
  readonly what: string;
  readonly monthly: Range;
  /** Item of the price sheet. */
  readonly item: string;
  /** How many of the price's unit. */
  readonly quantity: Range;
  /** US dollars for one of the unit. */
  readonly price: Range;
  /** Unit of the price: an `hour` is counted 730 times. */
  readonly unit: string;
  /** Where the price was read. */
  readonly source: string;
  /** Name of the assumption that the quantity hangs on, where it is not in the stack. */
  readonly usage?: string;
}

/** Something that costs and is not in the total. */
export interface Unpriced {
  readonly urn: string;
  readonly component: string;
  readonly what: string;
  /** Why there is no figure, and what would give one. */
  readonly why: string;
}

/** A figure that no stack contains, taken for an estimate. */
export interface Assumption extends Range {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly why: string;
}

/** What a stack costs. */
export interface Estimate {
  readonly currency: "USD";
  /** Date of the price sheet and where its numbers are from. */
  readonly sheet: { readonly date: string; readonly source: string };
  /** Region whose prices were taken; undefined for a stack that pays for nothing by itself. */
  readonly region?: string;
  /** What a person must know first, such as that the stack runs on a cluster that exists. */
  readonly note?: string;
  readonly lines: readonly CostLine[];
  readonly total: Range;
  /** Resources that cost something which the sheet does not know; never counted as nothing. */
  readonly unpriced: readonly Unpriced[];
  /** Resources that cost nothing by themselves, and why. */
  readonly free: readonly { readonly urn: string; readonly why: string }[];
  /** Those that the lines hang on. */
  readonly assumptions: readonly Assumption[];
}

/** What one component costs before and after. */
export interface ComponentChange {
  readonly component: string;
  readonly before: Range;
  readonly after: Range;
  /** How many things of it have no price and are in neither figure. */
  readonly unpriced: { readonly before: number; readonly after: number };
}

/** A preview's difference, per component and as a whole. */
export interface CostChange {
  readonly before: Estimate;
  readonly after: Estimate;
  readonly difference: Range;
  /** Components that cost something before or after, by name; also those of which nothing has a price. */
  readonly components: readonly ComponentChange[];
  /** What has no price and was not there before, or had one; and the other way round. */
  readonly newlyUnpriced: readonly Unpriced[];
  readonly noLongerUnpriced: readonly Unpriced[];
}
