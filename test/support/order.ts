import type { Plan, Registration } from "./plan";

/**
 * What waits for what in a plan: a resource is made after what it depends on, its parent and its provider, and goes
 * before them. A component stands for all that is in it, as the engine has it.
 */
export class Order {
  readonly #byUrn: ReadonlyMap<string, Registration>;
  readonly #before = new Map<string, Set<string>>();

  constructor(plan: Plan) {
    this.#byUrn = new Map(plan.registrations.map((entry) => [entry.urn, entry]));
  }

  /** The resources that are there before this one is made, and until it is gone. */
  before({ urn }: Registration): ReadonlySet<string> {
    const known = this.#before.get(urn);
    if (known) return known;
    const all = new Set<string>();
    this.#before.set(urn, all);
    const entry = this.#byUrn.get(urn)!;
    const provider = entry.provider.slice(0, entry.provider.lastIndexOf("::"));
    for (const near of [...entry.dependencies, entry.parent, provider]) {
      const found = this.#byUrn.get(near);
      if (!found || all.has(near)) continue;
      all.add(near);
      for (const far of this.before(found)) all.add(far);
    }
    return all;
  }

  /** Whether the second resource is there before the first one is made, and until it is gone. */
  after(later: Registration, earlier: Registration): boolean {
    return this.before(later).has(earlier.urn);
  }
}
