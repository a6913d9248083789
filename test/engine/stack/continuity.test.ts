import assert from "node:assert/strict";
import { test } from "node:test";
import type { StateResource } from "../../../engine/resources/fromState";
import { checkPlugins, isObject, isOfOlderStandIn } from "../../../engine/stack/continuity";

const resource = (type: string, outputs: Record<string, unknown>, more = {}): StateResource => ({
  ...{ urn: `urn:pulumi:dev::switchboard::${type}::x`, type, custom: true, outputs },
  ...more,
});
const service = "kubernetes:core/v1:Service";
const state = (...resources: StateResource[]) => ({ deployment: { resources } });
const check = (kubernetes: "official" | "local", misplaced: string[], ...resources: StateResource[]) =>
  checkPlugins({ kubernetes, misplaced }, "dev", async () => state(...resources));

test("stand-ins do not touch a state in a backend of the person's own", async () => {
  await assert.rejects(check("local", ["kubernetes", "random"]), (error: Error & { todo: string }) => {
    assert.match(
      error.message,
      /^the state of dev is in a backend of your own, and the plugins kubernetes, random would/,
    );
    assert.match(error.todo, /install the official Pulumi CLI .* Or keep the state on this machine: pulumi logout/);
    return true;
  });
  await check("local", []);
});

test("the official provider refuses a state that it would make anew, and says how to make it fit", async () => {
  const older = resource(service, { metadata: { uid: "1" } });
  await assert.rejects(check("official", [], older), (error: Error & { todo: string }) => {
    assert.match(error.message, /dev was deployed by an older local stand-in .* so nothing was done$/);
    assert.match(error.todo, /^once: SWITCHBOARD_KUBERNETES_PROVIDER=local switchboard up dev; then run this again$/);
    return true;
  });
  await check("local", [], older);
  await check("official", [], resource(service, { __inputs: {} }));
  await check("official", []);
});

test("only objects that the stack makes are told apart: no chart, no patch, nothing that is looked up", () => {
  assert.equal(isOfOlderStandIn(state(resource(service, {}))), true);
  for (const [type, more] of [
    ["kubernetes:helm.sh/v3:Release", {}],
    ["kubernetes:core/v1:ServicePatch", {}],
    ["random:index/randomPassword:RandomPassword", {}],
    ["pulumi:providers:kubernetes", {}],
    [service, { external: true }],
    [service, { custom: false }],
  ] as const) {
    assert.equal(isObject(resource(type, {}, more)), false, type);
    assert.equal(isOfOlderStandIn(state(resource(type, {}, more))), false, type);
  }
  assert.equal(isOfOlderStandIn(undefined), false);
});
