import assert from "node:assert/strict";
import { test } from "node:test";
import { secretOf, unknownValue } from "../../../lib/engineValues";
import { maskEngineValues } from "../../../review/policyPack/engineValues";

/** The SDK's two modules as they are, without changing them for other tests. */
const internals = () => ({
  deserialize: { ...require("@pulumi/policy/deserialize") },
  proxy: { ...require("@pulumi/policy/proxy") },
});

test("secrets and what is not known come to the rules as marks, whatever kind they have", () => {
  const sdk = internals();
  const kinds = Object.entries(sdk.proxy).filter(([name]) => /^unknown\w+Value$/.test(name));
  assert.equal(kinds.length, 7);
  maskEngineValues(sdk);
  const given = {
    password: secretOf("correct horse"),
    list: [secretOf("battery"), "plain", 3, null],
    text: unknownValue,
    ...Object.fromEntries(kinds),
  };
  const struct = { toJavaScript: () => given };
  const read = sdk.proxy.unknownCheckingProxy(sdk.deserialize.deserializeProperties(struct, false)) as any;
  assert.equal(read.password, "[secret]");
  assert.deepEqual(read.list, ["[secret]", "plain", 3, null]);
  for (const [name] of [...kinds, ["text"]]) assert.equal(read[name as string], "[unknown]", String(name));
  assert.doesNotMatch(JSON.stringify(read), /correct horse|battery/);
});

test("a map is read once for all rules", () => {
  const sdk = internals();
  maskEngineValues(sdk);
  let reads = 0;
  const struct = {
    toJavaScript() {
      reads += 1;
      return { a: 1 };
    },
  };
  const both = [0, 1].map(() => sdk.deserialize.deserializeProperties(struct, false));
  assert.equal(both[0], both[1]);
  assert.equal(reads, 1);
});

test("an SDK that works otherwise is refused, because it might show secrets", () => {
  const { proxy } = internals();
  assert.throws(
    () => maskEngineValues({ deserialize: {} as never, proxy }),
    /deserializeProperties.*engineValues\.ts/s,
  );
});
