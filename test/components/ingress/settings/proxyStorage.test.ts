import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyTmpSize } from "../../../../components/settings";
import { parse, problems } from "../../settings/stack";

test("NGINX' /tmp holds the largest request of every connection of an address, within bounds", () => {
  const size = (bodySize: string, requestsPerAddress: number, tmpSize?: string) =>
    proxyTmpSize({ limits: { bodySize, requestsPerAddress }, resources: { tmpSize } });
  assert.equal(size("1m", 100), "100Mi");
  assert.equal(size("128k", 100), "64Mi", "never less than any other pod has");
  assert.equal(size("10m", 10_000), "1Gi", "one address fills no node");
  assert.equal(size("2g", 10), "8Gi", "and yet some large requests fit");
  assert.equal(size("1k", 100_001), "98Mi", "in whole mebibytes");
  assert.equal(size("10m", 100, "3Gi"), "3Gi", "as it is set");
});

test("a /tmp that one request would fill is refused, because the pod would be ended", () => {
  const [problem, ...others] = problems((raw) => {
    raw.edge.resources = { tmpSize: "64Mi" };
    raw.edge.limits = { bodySize: "100m" };
  });
  assert.deepEqual(others, []);
  assert.match(problem!, /^edge\.resources\.tmpSize: "64Mi" has no room for one request of edge\.limits\.bodySize/);
  const fits = parse((raw) => {
    raw.edge.resources = { tmpSize: "100Mi" };
    raw.edge.limits = { bodySize: "100m" };
  });
  assert.equal(fits.edge.resources.tmpSize, "100Mi");
});
