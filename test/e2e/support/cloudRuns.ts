import assert from "node:assert/strict";
import type { CloudStack } from "../../support/cloud/stack";

/** Waits until a run has nothing under way but things of a type, and has written that down: its state is whole then. */
export async function nothingElse(stack: CloudStack, type: string): Promise<void> {
  let last = "";
  for (let i = 0; i < 100; i++) {
    const now = await stack.exported().catch(() => undefined);
    const pending = now?.deployment.pending_operations ?? [];
    const text = JSON.stringify(now);
    if (text === last && pending.length > 0 && pending.every(({ resource }) => resource.type === type)) return;
    last = text;
  }
  assert.fail(`${type} is not the last thing that the run waits for`);
}

/** Somebody who hears nothing of how far a run is. */
export const progress = {
  step: <T>(_title: string, work: (report: () => void) => Promise<T>) => work(() => {}),
  note() {},
};
