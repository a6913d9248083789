import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource } from "../../engine/resources/resource";
import type { Operation, Risk } from "../../review/plan/model";
import { type Assessed, assess } from "../../review/plan/risk";

/** A change and how much it can hurt. */
export interface RiskCase {
  readonly what: string;
  readonly operation: Operation;
  readonly before?: Resource;
  readonly after?: Resource;
  readonly more?: Partial<Assessed>;
  readonly risk: Risk;
  /** In its first reason. */
  readonly says?: RegExp;
}

/** A resource called `thing`. */
export function resource(type: string, inputs: object = {}, more: Partial<Resource> = {}): Resource {
  const urn = `urn:pulumi:s::p::${type}::thing`;
  const plain = { parent: "", custom: true, read: false, protect: false, dependencies: [] };
  return { ...plain, ...{ urn, type, name: "thing", inputs }, ...more };
}

export function update(type: string, before: object, after: object): Pick<RiskCase, "operation" | "before" | "after"> {
  return { operation: "update", before: resource(type, before), after: resource(type, after) };
}

export function create(type: string, inputs: object): Pick<RiskCase, "operation" | "after"> {
  return { operation: "create", after: resource(type, inputs) };
}

export function gone(type: string, inputs: object = {}): Pick<RiskCase, "operation" | "before"> {
  return { operation: "delete", before: resource(type, inputs) };
}

/** One test for each case: its risk, its first reason, and that every reason is a sentence with the thing's name. */
export function testRisks(cases: readonly RiskCase[]): void {
  for (const { what, operation, before, after, more, risk, says } of cases) {
    test(`${what} is ${risk}`, () => {
      const found = assess({
        ...{ operation, ...(before && { before }), ...(after && { after }), properties: [], forcedBy: [] },
        ...{ deletedFirst: false, asked: false, along: false, pending: false, succeeded: false, withComponent: false },
        ...{ deniedByDefault: true, ...more },
      });
      assert.equal(found.risk, risk, found.reasons.join("\n"));
      if (says) assert.match(found.reasons[0] ?? "", says);
      if (risk === "none" || risk === "safe") assert.deepEqual(found.reasons, []);
      else for (const reason of found.reasons) assert.match(reason, /thing.*\.$/);
    });
  }
}
