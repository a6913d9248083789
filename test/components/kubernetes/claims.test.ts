import assert from "node:assert/strict";
import { test } from "node:test";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { layerKey } from "../../support/project";

test("only the claim changes when a volume is to be larger: no StatefulSet and no pod", async () => {
  const sized = (storage: string) => {
    const config = smallConfig();
    for (const layer of ["postgres", "redis"]) Object.assign(config[layerKey(layer)] as object, { storage });
    return plan(config);
  };
  const small = await sized("1Gi");
  const large = await sized("2Gi");
  const engineSees = ({ registrations }: typeof small) =>
    new Map(
      registrations.map(({ urn, type, inputs }) => {
        // The engine takes the old value for what the program ignores.
        const { volumeClaimTemplates: _ignored, ...spec } = inputs.spec ?? {};
        return [urn, JSON.stringify(type.endsWith(":StatefulSet") ? { ...inputs, spec } : inputs)];
      }),
    );
  const later = engineSees(large);
  const changed = [...engineSees(small)].filter(([urn, text]) => later.get(urn) !== text).map(([urn]) => urn);
  assert.deepEqual(
    changed.map((urn) => urn.split("::").at(-1)),
    ["postgres-claim", "redis-claim"],
  );
  for (const name of ["postgres", "redis"]) {
    const set = large.named("kubernetes:apps/v1:StatefulSet", `${name}-server`);
    const claim = large.named("kubernetes:core/v1:PersistentVolumeClaimPatch", `${name}-claim`);
    const [template] = set.inputs.spec.volumeClaimTemplates;
    assert.equal(claim.inputs.metadata.name, `${template.metadata.name}-${set.inputs.metadata.name}-0`);
    assert.ok(claim.dependencies.includes(set.urn), "the claim is there by then");
    assert.equal(claim.inputs.spec.resources.requests.storage, "2Gi");
  }
});
