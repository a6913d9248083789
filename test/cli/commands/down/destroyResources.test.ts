import assert from "node:assert/strict";
import { test } from "node:test";
import { destroyResources } from "../../../../cli/commands/down/destroyResources";
import type { StateResource } from "../../../../engine/resources/fromState";
import { UserError } from "../../../../lib/userError";

const network: StateResource = {
  urn: "urn:pulumi:prod::switchboard::gcp:compute/network:Network::vpc",
  type: "gcp:compute/network:Network",
  outputs: { name: "vpc-0a1b2c3", project: "acme" },
};
const server: StateResource = { urn: "urn:pulumi:prod::switchboard::x::redis", type: "gcp:redis/instance:Instance" };
const progress = { step: <T>(_: string, work: (report: () => void) => Promise<T>) => work(() => {}), note() {} };

/** A destroy that fails while the peering is there. */
function stackWith(resources: readonly StateResource[], held: { now: boolean }) {
  return {
    async update() {
      if (held.now) throw new UserError("network is in use", "look");
      return {};
    },
    exported: async () => ({ deployment: { resources } }),
  };
}

const options = { progress, signal: new AbortController().signal };

test("the peering goes, and then the rest of the stack", async () => {
  const held = { now: true };
  const ran: string[] = [];
  const run = async (program: string, args: readonly string[]) => {
    ran.push([program, ...args].join(" "));
    held.now = false;
  };
  await destroyResources({ stack: "prod", cloud: "gcp" }, stackWith([network], held), { ...options, run });
  assert.deepEqual(ran, [
    "gcloud compute networks peerings delete servicenetworking-googleapis-com --network vpc-0a1b2c3 --project acme --quiet",
  ]);
});

test("nothing is run while a server still needs the peering, in another cloud, or after Ctrl-C", async () => {
  const run = () => assert.fail("nothing is to be run");
  const cases = [
    [{ stack: "prod", cloud: "gcp" }, [network, server], options.signal],
    [{ stack: "prod", cloud: "aws" }, [network], options.signal],
    [{ stack: "prod", cloud: "gcp" }, [network], AbortSignal.abort()],
  ] as const;
  for (const [target, resources, signal] of cases) {
    const done = destroyResources(target, stackWith(resources, { now: true }), { progress, signal, run });
    await assert.rejects(done, /network is in use/);
  }
});

test("where the peering cannot be removed the command is told", async () => {
  const run = () => Promise.reject(new Error("spawn gcloud ENOENT"));
  const done = destroyResources({ stack: "prod", cloud: "gcp" }, stackWith([network], { now: true }), {
    ...options,
    run,
  });
  await assert.rejects(done, (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /holds network vpc-0a1b2c3 of acme, and could not be removed: spawn gcloud ENOENT/);
    assert.match(error.todo, /^gcloud compute networks peerings delete .*, then switchboard down prod$/);
    return true;
  });
});
