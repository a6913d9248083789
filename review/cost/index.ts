export { compare } from "./compare";
export { estimate } from "./estimate";
export type { Assumption, CostChange, CostLine, Estimate, Range, Unpriced } from "./model";
