export { compare } from "./compare";
export { estimate } from "./estimate";
export type { CostChange } from "./model";
