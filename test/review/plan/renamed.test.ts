import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, PropertyChange } from "../../../review/plan/model";
import { renamedStack } from "../../../review/plan/renamed";

const change = (
  urn: string,
  path: string,
  before: string,
  after: string,
  more: Partial<PropertyChange> = {},
): Change => ({
  ...{ operation: "replace", urn, type: "t", name: urn, components: [], forcedBy: [path], risk: "danger", reasons: [] },
  properties: [{ path, kind: "change", forcesReplacement: true, before, after, ...more }],
});

test("replacements whose names hold the old and the new name of the stack are told as one, with the way back", () => {
  const said = renamedStack(
    [
      change("a", "name", "acme-prod", "acme-blue"),
      change("b", "name", "alias/acme-prod", "alias/acme-blue"),
      change("c", "accountId", "acme-prod-nodes", "acme-blue-nodes"),
      change("d", "name", "/aws/eks/acme-prod/cluster", "/aws/eks/acme-blue/cluster"),
      change("e", "region", "europe-west1", "europe-west3"),
    ],
    "acme",
  );
  assert.deepEqual(said, [
    {
      severity: "warning",
      message:
        "4 resources are replaced because of a name: acme-prod becomes acme-blue. If the stack was renamed, it keeps its resources with the name that they have: pulumi config set --path acme:operations.name prod",
    },
  ]);
});

test("other replacements, and names that change in place, say nothing of it", () => {
  const none = [
    change("a", "machineType", "e2-standard-2", "e2-standard-4"),
    change("b", "name", "acme-prod", "other-prod"),
    change("c", "tags.Name", "acme-prod", "acme-blue", { forcesReplacement: false }),
    { ...change("d", "name", "acme-prod", "acme-blue"), operation: "update" as const },
  ];
  assert.deepEqual(renamedStack(none, "acme"), []);
});
