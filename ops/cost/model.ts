/** US dollars a month: 730 hours, as all three price lists count. */
export interface Range {
  /** Autoscalers at their least, the least of traffic that the sheet names. */
  readonly low: number;
  readonly likely: number;
  /** Autoscalers at their most. */
  readonly high: number;
}

/** One line of an estimate. */
export interface CostLine {
  /** URN of the resource. */
  readonly urn: string;
  /** Outermost component: `cluster`, `postgres` … */
  readonly component: string;
  /** What is counted, with quantity and unit: `3 to 9 × e2-standard-4`. */
  readonly what: string;
  readonly monthly: Range;
}

/** What a stack costs. */
export interface Estimate {
  readonly currency: "USD";
  /** Date of the price sheet and where its numbers are from. */
  readonly sheet: { readonly date: string; readonly source: string };
  /** Region whose prices were taken; undefined for a stack that pays for nothing by itself. */
  readonly region?: string;
  readonly lines: readonly CostLine[];
  readonly total: Range;
  /** Resources that cost something which the sheet does not know; never counted as nothing. */
  readonly unpriced: readonly { readonly urn: string; readonly what: string; readonly why: string }[];
}

/** A preview's difference, per component and as a whole. */
export interface CostChange {
  readonly before: Estimate;
  readonly after: Estimate;
  readonly difference: Range;
  readonly components: readonly { readonly component: string; readonly before: Range; readonly after: Range }[];
}
