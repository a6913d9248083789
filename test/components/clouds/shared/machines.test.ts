import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allocatable as amazonAllocatable, memoryOf } from "../../../../components/clouds/aws/machines";
import { allocatable as googleAllocatable } from "../../../../components/clouds/gcp/machines";

const gibi = 2 ** 30;

/** Worked by hand from the rules of the two clouds: cores less the reserved share, memory less reserved and 100 MiB. */
const byHand: [kind: string, machineType: string, cpu: number, mebibytes: number][] = [
  ["gke", "e2-standard-4", 3920, 16384 - (1024 + 819.2 + 819.2) - 100],
  ["gke", "n1-standard-1", 940, 3840 - 960 - 100],
  ["gke", "e2-medium", 940, 4096 - 1024 - 100],
  ["gke", "n2-highmem-8", 7910, 65536 - (1024 + 819.2 + 819.2 + 48 * 1024 * 0.06) - 100],
  ["eks", "m5.large", 1930, 8192 - (255 + 11 * 4) - 100],
  ["eks", "r5.xlarge", 3920, 32768 - (255 + 11 * 58) - 100],
  ["eks", "c7g.2xlarge", 7910, 16384 - (255 + 11 * 58) - 100],
];

for (const [kind, machineType, cpu, mebibytes] of byHand) {
  test(`${kind}: ${machineType} has ${cpu}m and ${Math.floor(mebibytes)} MiB for pods`, () => {
    const found = (kind === "gke" ? googleAllocatable : amazonAllocatable)(machineType);
    assert.deepEqual(found, { cpu, memory: Math.floor(mebibytes * 2 ** 20) });
  });
}

test("the table says at least what a real node says", () => {
  // The node of https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes: 3920m and 13498416Ki.
  const found = googleAllocatable("e2-standard-4")!;
  assert.equal(found.cpu, 3920);
  assert.ok(found.memory >= 13_498_416 * 1024 && found.memory < 13_498_416 * 1024 * 1.05);
});

test("a type that is not in the table is not known, whatever it is called", () => {
  const known = /^((e2|[cnt][1-4][ad]?d?)-|custom-|[a-z0-9-]+\.)/;
  fc.assert(
    fc.property(fc.string(), (name) => {
      fc.pre(!known.test(name));
      assert.equal(googleAllocatable(name), undefined);
      assert.equal(amazonAllocatable(name), undefined);
    }),
  );
  for (const name of ["t3.large", "a3-highgpu-8g", "constructor", "e2-constructor", "__proto__-4", "e2-standard-"])
    assert.equal(googleAllocatable(name), undefined, name);
  for (const name of ["e2-standard-4", "p5.48xlarge", "t3.24xlarge", "m5.constructor", "x2gd.metal", "m5.metal"])
    assert.equal(amazonAllocatable(name), undefined, name);
});

test("more cores of one family are more for pods, and never all of the machine", () => {
  const families = ["e2-standard", "n2-highcpu", "c4a-highmem"];
  fc.assert(
    fc.property(
      fc.constantFrom(...families),
      fc.integer({ min: 2, max: 90 }),
      fc.integer({ min: 1, max: 20 }),
      (family, cores, more) => {
        const [small, large] = [
          googleAllocatable(`${family}-${cores}`)!,
          googleAllocatable(`${family}-${cores + more}`)!,
        ];
        assert.ok(large.cpu > small.cpu && large.memory > small.memory);
        assert.ok(small.cpu < cores * 1000);
      },
    ),
  );
});

test("custom machines say their memory", () => {
  assert.deepEqual(googleAllocatable("n2-custom-4-16384"), googleAllocatable("n2-standard-4"));
  assert.equal(googleAllocatable("custom-2-4096")!.cpu, 1930);
});

test("memory of RDS classes is that of the instance type behind them", () => {
  assert.equal(memoryOf("m7g.large"), 8 * gibi);
  assert.equal(memoryOf("t4g.medium"), 4 * gibi);
  assert.equal(memoryOf("r6g.2xlarge"), 64 * gibi);
  assert.equal(memoryOf("micro"), undefined);
});
