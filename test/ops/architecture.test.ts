import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { architectureOf, internet } from "../../ops/architecture";
import { architectureSvg } from "../../ops/architectureSvg";
import { plan, repository, stackConfig } from "../support/plan";

test("the architecture is read from the program's own resources", async () => {
  const { boxes, arrows } = architectureOf((await plan(stackConfig("dev"))).registrations);
  const arrow = (from: string, to: string) => arrows.find((entry) => entry.from === from && entry.to === to)?.ports;
  assert.deepEqual(arrow(internet, "edge-proxy"), [8080, 8443]);
  assert.deepEqual(arrow("edge-proxy", "panel-web"), [3000]);
  assert.deepEqual(arrow("chat-socket", "chat-socket"), [9100]);
  assert.deepEqual(arrow("panel-worker", "redis-server"), [6379]);
  assert.equal(arrow("chat-socket", "redis-server"), undefined);
  assert.equal(boxes.find(({ id }) => id === "chat-socket")?.replicas, 2);
  assert.equal(boxes.find(({ id }) => id === "postgres-server")?.storage, "1Gi");
});

test("the README's picture is the one of stack dev (npm run golden draws it anew)", async () => {
  const file = join(repository, "docs/architecture.svg");
  const svg = architectureSvg(architectureOf((await plan(stackConfig("dev"))).registrations));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, svg);
  assert.equal(svg, readFileSync(file, "utf8"));
});
