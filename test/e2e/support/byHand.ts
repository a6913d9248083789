import assert from "node:assert/strict";
import { get, kubectl } from "./system";

/**
 * Makes the API server forget that kubectl has set fields of an object. A field that somebody has changed by hand is
 * theirs, also when it has its old value again, and the next `up` that wants another value would be refused.
 */
export async function forgetHands(resource: string): Promise<void> {
  const { metadata } = await get(resource, "--show-managed-fields");
  assert.ok(
    metadata.managedFields?.some(({ manager }: any) => !manager.startsWith("kubectl")),
    `${resource} belongs to nobody but kubectl: make it with the field manager of the stack`,
  );
  const managedFields = metadata.managedFields.filter(({ manager }: any) => !manager.startsWith("kubectl"));
  await kubectl("patch", resource, "--type=merge", `--patch=${JSON.stringify({ metadata: { managedFields } })}`);
}
