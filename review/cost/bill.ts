import type { Bill, Charge, Written } from "../../components/clouds/shared/facts/bill";
import { type Count, countOf, show, unreadable } from "../../components/clouds/shared/facts/count";
import type { MadeCluster } from "../../components/clouds/shared/facts/landscape";
import { beyond, hoursOfMonth, range, times } from "../../components/clouds/shared/facts/range";
import type { Resource } from "../../engine/resources/resource";
import { assumed, scaled } from "./assumptions";
import type { StackContext } from "./context";
import type { CostLine, Range, Unpriced } from "./model";
import { priceOf, type Sheet, sheetOf } from "./sheet";

/** Inputs of a resource; each kind knows its own, and none trusts them. */
// biome-ignore lint/suspicious/noExplicitAny: inputs have the shape of their resource
type Inputs = Record<string, any>;

/** The bill of one resource, from the price sheet of its cloud. */
export class ResourceBill implements Bill {
  readonly lines: CostLine[] = [];
  readonly missing: Unpriced[] = [];
  freeBecause: string | undefined;
  readonly assumed = assumed;
  readonly scaled = scaled;
  readonly #region: string | undefined;
  readonly #component: string;
  readonly #sheet: Sheet | undefined;

  /** @param cloud the Pulumi package of the cloud that is paid; of none, nothing has a price */
  constructor(
    readonly resource: Resource,
    private readonly context: StackContext,
    private readonly cloud: string | undefined,
  ) {
    this.#region = context.regionOf(resource, cloud);
    this.#component = context.componentOf(resource);
    this.#sheet = cloud === undefined ? undefined : sheetOf(cloud);
  }

  get cluster(): MadeCluster | undefined {
    return this.context.cluster;
  }

  get machines(): Range | undefined {
    return this.context.machines;
  }

  ofType(type: string): readonly Resource[] {
    return this.context.ofType(type);
  }

  byUrn(urn: string): Resource | undefined {
    return this.context.byUrn.get(urn);
  }

  charge({ what, item, quantity, usage: assumption, share }: Charge): Written {
    if (this.cloud === undefined) return this.unpriced(what, "it is in no cloud that the stack names");
    if (!this.#sheet) return this.unpriced(what, `there is no price sheet of ${this.cloud}`);
    if (!this.#region) return this.unpriced(what, "its region is not known before an up");
    const price = priceOf(this.#sheet, item, this.#region);
    if (!price) return this.unpriced(what, `the sheet has no price of ${item} in ${this.#region}`);
    const amount = beyond(typeof quantity === "number" ? range(quantity) : quantity, price.free);
    const usd = share ? times(price.usd, share) : price.usd;
    this.lines.push({
      ...{ urn: this.resource.urn, component: this.#component, what, item, quantity: amount, price: usd },
      ...{ unit: price.unit, source: this.#sheet.sources[price.source]!.url },
      monthly: times(times(amount, usd), price.unit.endsWith("hour") ? hoursOfMonth : 1),
      ...(assumption && { usage: assumption }),
    });
  }

  assume(name: string, item: string, what: string, of: number | Range = 1): Written {
    this.charge({ what, item, quantity: times(assumed(name), of), usage: name });
  }

  unpriced(what: string, why: string): Written {
    this.missing.push({ urn: this.resource.urn, component: this.#component, what, why });
  }

  free(why: string): Written {
    this.freeBecause = why;
  }

  number(value: unknown, name: string, what: string): number | undefined {
    const count: Count = countOf(value, name);
    if ("value" in count) return count.value;
    this.unpriced(what, count.why);
    return undefined;
  }

  part(value: unknown, name: string, what: string): Inputs | undefined {
    if (value === undefined || value === null) return {};
    if (typeof value === "object") return value as Inputs;
    this.unpriced(what, unreadable(value, name) ?? `${name} is ${show(value)}`);
    return undefined;
  }

  flag(value: unknown, name: string, what: string): boolean {
    if (value === undefined || value === null || value === false || value === "false") return false;
    if (value === true || value === "true") return true;
    this.unpriced(what, unreadable(value, name) ?? `${name} is ${show(value)}`);
    return false;
  }

  listPrice(item: string): Range | undefined {
    return this.#sheet && priceOf(this.#sheet, item, this.#region ?? "*")?.usd;
  }
}
