import assert from "node:assert/strict";
import { test } from "node:test";
import { rights } from "../../../../../components/clouds/gcp/doctor/rights";

/** The permissions that the doctor asks for, of a stack with these buckets. */
async function askedFor(buckets: object): Promise<readonly string[]> {
  const asked: string[][] = [];
  const subject = {
    target: { stack: "prod" },
    settings: { cluster: { kind: "gke", project: "acme-prod" }, edge: { replicas: 2 }, apps: { shop: { buckets } } },
    clusterName: "switchboard-prod",
  };
  const google = async (_method: string, url: string, body: { permissions?: string[] }) => {
    if (url.endsWith(":testIamPermissions")) asked.push(body.permissions ?? []);
    return { status: 200, body: { permissions: [] } };
  };
  const found = await rights.run(subject as never, { google } as never);
  assert.match(found.map(({ what }) => what).join(), /lack in acme-prod: compute\.addresses\.create/);
  assert.equal(asked.length, 1);
  return asked[0]!;
}

test("the right to make buckets is asked for where an app has one, and nowhere else", async () => {
  assert.ok((await askedFor({ uploads: {} })).includes("storage.buckets.create"));
  assert.deepEqual(
    (await askedFor({})).filter((permission) => permission.startsWith("storage.")),
    [],
  );
});
