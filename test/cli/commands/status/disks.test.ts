import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diskProblems, disksIn } from "../../../../cli/commands/status/disks";
import { statusJson, statusLines } from "../../../../cli/commands/status/render";
import { verdictOf } from "../../../../cli/commands/status/verdict";
import { healthy } from "./builders";

const gibi = 2 ** 30;
const volume = (name: string, more: object = {}) => ({
  ...{ pvcRef: { name, namespace: "shop" }, usedBytes: gibi, capacityBytes: 2 * gibi, inodes: 100, inodesUsed: 10 },
  ...more,
});
const summary = (...volumes: object[]) => ({ pods: [{ volume: volumes as ReturnType<typeof volume>[] }, {}] });
const disk = (usedBytes: number, more: object = {}) => ({
  ...{ claim: "data-postgres-0", usedBytes, capacityBytes: 2 * gibi, filesUsed: 0 },
  ...more,
});

describe("what the kubelets say of disks", () => {
  test("is read for the claims of this namespace, each once", () => {
    const shared = volume("uploads");
    const others = volume("data-postgres-0", { pvcRef: { name: "data-postgres-0", namespace: "other" } });
    const scratch = volume("tmp", { pvcRef: undefined });
    assert.deepEqual(
      disksIn(summary(shared, volume("data-postgres-0"), others, scratch, shared), "shop").map(({ claim }) => claim),
      ["data-postgres-0", "uploads"],
    );
  });

  test("is nothing yet where a volume is just being mounted", () => {
    assert.deepEqual(disksIn(summary(volume("uploads", { capacityBytes: undefined })), "shop"), []);
  });

  test("counts files, where a disk holds only so many", () => {
    const [found] = disksIn(summary(volume("uploads", { inodesUsed: 90 })), "shop");
    assert.equal(found!.filesUsed, 0.9);
    assert.equal(disksIn(summary(volume("uploads", { inodes: 0 })), "shop")[0]!.filesUsed, 0);
  });
});

describe("a disk that fills up", () => {
  const told = (...disks: ReturnType<typeof disk>[]) =>
    diskProblems(disks).map(({ severity, subject, what }) => `${severity}: ${subject} ${what}`);

  test("is no news while it has room", () => assert.deepEqual(told(disk(1.59 * gibi)), []));

  test("is told of before writes fail, with the setting that helps", () =>
    assert.deepEqual(
      told(...["data-postgres-0", "data-postgres-2-0", "shop-uploads"].map((claim) => disk(1.7 * gibi, { claim }))),
      [
        "warning: disk data-postgres-0 is 85 % full (1.7 of 2.0 GiB): raise postgres.storage and run up, before writes fail",
        "warning: disk data-postgres-2-0 is 85 % full (1.7 of 2.0 GiB): raise postgres.storage and run up, before writes fail",
        "warning: disk shop-uploads is 85 % full (1.7 of 2.0 GiB): raise its storage and run up, before writes fail",
      ],
    ));

  test("is trouble when there is hardly any room", () =>
    assert.match(told(disk(1.95 * gibi))[0]!, /^degraded: disk data-postgres-0 is 97 % full/));

  test("may be full of files", () =>
    assert.match(told(disk(gibi, { filesUsed: 0.97 }))[0]!, /is 97 % full \(of its number of files\)/));
});

test("status shows how full the disks are, and makes a verdict of it", () => {
  const facts = { ...healthy(), disks: [disk(1.99 * gibi), disk(200 * 2 ** 20, { capacityBytes: 300 * 2 ** 20 })] };
  const status = verdictOf(facts);
  assert.equal(status.healthy, false);
  const rows = statusLines({ facts, status }, { colours: false }).filter((line) => / full {2,}/.test(line));
  assert.deepEqual(
    rows.map((line) => line.trim().split(/\s{2,}/)),
    [
      ["disk data-postgres-0", "99 % full", "2.0 of 2.0 GiB"],
      ["disk data-postgres-0", "66 % full", "200 of 300 MiB"],
    ],
  );
  assert.deepEqual((statusJson({ facts, status }) as { disks: unknown }).disks, facts.disks);
});
