import { difference, sum } from "../../components/clouds/shared/facts/range";
import type { Resource } from "../../engine/resources/resource";
import { estimate } from "./estimate";
import type { CostChange, Estimate, Range, Unpriced } from "./model";

/** What a stack costs more or less after a change. Either side may be a stack's resources or an estimate of them. */
export function compare(before: Estimate | readonly Resource[], after: Estimate | readonly Resource[]): CostChange {
  const [old, next] = [estimateOf(before), estimateOf(after)];
  const all = [old, next].flatMap(({ lines, unpriced }) => [...lines, ...unpriced]);
  const names = new Set(all.map(({ component }) => component));
  return {
    before: old,
    after: next,
    difference: difference(old.total, next.total),
    components: [...names].sort().map((component) => ({
      component,
      before: ofComponent(old, component),
      after: ofComponent(next, component),
      unpriced: { before: unpricedOf(old, component), after: unpricedOf(next, component) },
    })),
    newlyUnpriced: without(next.unpriced, old.unpriced),
    noLongerUnpriced: without(old.unpriced, next.unpriced),
  };
}

function estimateOf(side: Estimate | readonly Resource[]): Estimate {
  return isResources(side) ? estimate(side) : side;
}

function isResources(side: Estimate | readonly Resource[]): side is readonly Resource[] {
  return Array.isArray(side);
}

/** What one component costs. */
export function ofComponent({ lines }: Estimate, component: string): Range {
  return sum(lines.filter((line) => line.component === component).map(({ monthly }) => monthly));
}

/** How many things of one component have no price. */
export function unpricedOf({ unpriced }: Estimate, component: string): number {
  return unpriced.filter((entry) => entry.component === component).length;
}

function without(those: readonly Unpriced[], known: readonly Unpriced[]): Unpriced[] {
  const keys = new Set(known.map(keyOf));
  return those.filter((entry) => !keys.has(keyOf(entry)));
}

/** Without the URN, which has the name of the stack in it: two stacks can be compared as well. */
function keyOf({ component, what, why }: Unpriced): string {
  return JSON.stringify([component, what, why]);
}
