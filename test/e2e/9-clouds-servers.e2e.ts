import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeAmazon } from "../support/cloud/amazon";
import { FakeGoogle } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";

const clouds = [
  { name: "prod-eks", cloud: () => new FakeAmazon(), type: "aws:rds/instance:Instance" },
  { name: "prod", cloud: () => new FakeGoogle(), type: "gcp:sql/databaseInstance:DatabaseInstance" },
] as const;

for (const { name, cloud, type } of clouds) {
  test(`${name} moves to a restored server beside the first, which stays until it is told to go`, async (context) => {
    const made = cloud();
    const stack = await CloudStack.open(name, [made.provider(), keepingKubernetes(made)]);
    context.after(() => stack.close());
    const says = (postgres: object, operations: object = {}) =>
      stack.configure((config) => {
        const { server: _, beside: __, ...kept } = config["switchboard:postgres"];
        config["switchboard:postgres"] = { ...kept, ...postgres };
        Object.assign(config["switchboard:operations"], operations);
      });
    const ofServers = (changes: readonly string[]) =>
      changes.filter((line) => / postgres(-2)?-(instance|roles-job)$/.test(line));
    const up = async () => {
      const { exitCode, errors, changes, text } = await stack.up();
      assert.deepEqual([exitCode, errors], [0, []], text);
      return ofServers(changes).sort();
    };
    const noun = type.split(":").at(-1)!;

    await up();
    const [first] = made.all(type);
    await says({ beside: { server: 2, restore: {} } });
    assert.deepEqual(await up(), [`create ${noun} postgres-2-instance`]);

    await says({ server: 2, beside: { server: 1 } });
    assert.deepEqual(
      await up(),
      ["create-replacement", "delete-replaced", "replace"].map((change) => `${change} Job postgres-roles-job`),
    );
    assert.deepEqual(made.all(type)[0]?.id, first?.id);
    assert.deepEqual((await stack.up()).changes, []);

    // A restore that is written to a server which is there counts for nothing.
    await says({ server: 1, beside: { server: 2, restore: {} } });
    await up();
    await says({ server: 2, beside: { server: 1, restore: {} } });
    await up();
    assert.equal(made.all(type).length, 2);

    await says({ server: 2 });
    // As `switchboard up` does it, which shows what would be done before it does anything.
    const refused = await stack.preview();
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.text, /postgres-instance/);
    assert.equal(made.all(type).length, 2);

    await says({ server: 2, beside: { server: 1 } }, { unprotected: ["postgres-instance"] });
    await up();
    await says({ server: 2 }, { unprotected: [] });
    assert.deepEqual(await up(), [`delete ${noun} postgres-instance`]);
    assert.equal(made.all(type).length, 1);
  });
}
