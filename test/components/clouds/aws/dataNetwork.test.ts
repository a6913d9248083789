import assert from "node:assert/strict";
import { test } from "node:test";
import { amazonCloud } from "../../../../components/clouds/aws/dataNetwork";
import type { Place } from "../../../../components/contracts";

test("a managed server of AWS elsewhere says what is missing and what to do", () => {
  const at = (cloud: unknown) => () => amazonCloud({ cloud } as Place, "postgres.kind", "rds");
  const todo = "set cluster.kind to eks, or choose another postgres.kind";
  assert.throws(at(undefined), {
    message: `postgres.kind: "rds" needs a network on AWS beside the cluster, and the cluster is not this stack's; ${todo}`,
  });
  assert.throws(at({ kind: "google" }), {
    message: `postgres.kind: "rds" needs a network on AWS beside the cluster, and the cluster stands in google; ${todo}`,
  });
});
