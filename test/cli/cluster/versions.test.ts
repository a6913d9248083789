import assert from "node:assert/strict";
import { test } from "node:test";
import { skewOf } from "../../../cli/cluster/versions";

const printed = (client: string, server?: string) =>
  JSON.stringify({
    clientVersion: { gitVersion: client },
    ...(server && { serverVersion: { gitVersion: server } }),
  });

test("kubectl may be one minor older or newer; more is told; far more is refused", () => {
  const cases: readonly [client: string, server: string, verdict: string | undefined][] = [
    ["v1.36.3", "v1.36.0", undefined],
    ["v1.35.0", "v1.36.0-gke.1234", undefined],
    ["v1.37.0", "v1.36.0-eks-abc", undefined],
    ["v1.34.0", "v1.36.0", "note"],
    ["v1.36.0", "v1.32.9", "note"],
    ["v1.36.0", "v1.31.0", "refuse"],
    ["v1.20.0", "v1.36.0", "refuse"],
  ];
  for (const [client, server, verdict] of cases) {
    assert.equal(skewOf(printed(client, server))?.verdict, verdict, `${client} ${server}`);
  }
  const old = skewOf(printed("v1.20.0", "v1.36.1"))!;
  assert.match(`${old.what}: ${old.todo}`, /v1\.20\.0 is too old for .*v1\.36\.1: install kubectl 1\.36/);
  assert.match(skewOf(printed("v1.36.0", "v1.31.0"))!.what, /too new/);
});

test("where a version is not known nothing is said", () => {
  for (const text of ["", "{}", printed("v1.36.0"), printed("weird", "v1.36.0")]) assert.equal(skewOf(text), undefined);
});
