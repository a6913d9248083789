import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { linesOf } from "../../../cli/logs/lines";
import { lookAhead, mergeEnded, Reorder } from "../../../cli/logs/merge";

const at = (time: string, from = "") => ({ time, from });

async function* stream<T>(items: readonly T[], onEnd = () => {}): AsyncGenerator<T> {
  try {
    for (const item of items) {
      await new Promise((resolve) => setImmediate(resolve));
      yield item;
    }
  } finally {
    onEnd();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("logs that have ended are merged by time; what is equal keeps the order of the streams", async () => {
  const merged = await all(
    mergeEnded([stream([at("1", "a"), at("3", "a")]), stream([at("1", "b"), at("2", "b")]), stream([])]),
  );
  assert.deepEqual(
    merged.map(({ time, from }) => `${time}${from}`),
    ["1a", "1b", "2b", "3a"],
  );
});

test("an item goes on after what is up to so much later was looked at, or as many as may be held", async () => {
  const times = ["00.000", "01.000", "02.000", "02.001", "09.000"].map((second) => at(`2026-11-21T07:44:${second}Z`));
  const seenAt = async (most: number) => {
    let seen = 0;
    const counts: number[] = [];
    const options = { ms: 2_000, most, look: () => void seen++ };
    for await (const item of lookAhead(stream(times), options)) {
      assert.equal(item, times[counts.length]);
      counts.push(seen);
    }
    return counts;
  };
  assert.deepEqual(await seenAt(100), [4, 5, 5, 5, 5]);
  assert.deepEqual(await seenAt(1), [2, 3, 4, 5, 5]);
  assert.deepEqual(await all(lookAhead(stream([]), { ms: 1, most: 1, look: () => assert.fail() })), []);
  const untimed = [at(""), at("2026-11-21T07:44:00Z")];
  assert.deepEqual(await all(lookAhead(stream(untimed), { ms: 1, most: 9, look: () => {} })), untimed);
});

test("merging any sorted streams gives everything, in order", async () => {
  const sorted = fc
    .array(fc.integer({ min: 0, max: 99 }), { maxLength: 20 })
    .map((times) => times.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(fc.array(sorted, { maxLength: 6 }), async (lists) => {
      const items = lists.map((list) => list.map((time) => at(String(time).padStart(2, "0"))));
      const merged = await all(mergeEnded(items.map((list) => stream(list))));
      assert.deepEqual(
        merged.map(({ time }) => time),
        items
          .flat()
          .map(({ time }) => time)
          .sort(),
      );
    }),
    { numRuns: 50 },
  );
});

test("whoever stops reading ends every stream", async () => {
  let ended = 0;
  const merged = mergeEnded([stream([at("1"), at("4")], () => ended++), stream([at("2"), at("3")], () => ended++)]);
  for await (const { time } of merged) if (time === "2") break;
  assert.equal(ended, 2);
});

test("what comes out of order within the time is put in order; what comes later than that is given at once in its turn", () => {
  let now = 0;
  const out: string[] = [];
  const order = new Reorder<{ time: string }>({
    holdMs: 400,
    most: 100,
    emit: ({ time }) => out.push(time),
    now: () => now,
  });
  order.push({ time: "2" });
  now = 100;
  order.push({ time: "1" });
  now = 399;
  order.settle();
  assert.deepEqual(out, []);
  now = 400;
  order.settle();
  // 1 came later, but is earlier than 2, which has waited for long enough.
  assert.deepEqual(out, ["1", "2"]);
  order.push({ time: "0" });
  order.push({ time: "3" });
  order.flush();
  assert.deepEqual(out, ["1", "2", "0", "3"]);
  assert.equal(order.size, 0);
});

test("never more is held than may be, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 999 })), fc.integer({ min: 1, max: 8 }), (times, most) => {
      const out: string[] = [];
      const order = new Reorder<{ time: string }>({
        holdMs: 1,
        most,
        emit: ({ time }) => out.push(time),
        now: () => 0,
      });
      for (const time of times) {
        order.push({ time: String(time).padStart(3, "0") });
        assert.ok(order.size <= most);
      }
      order.flush();
      assert.deepEqual([...out].sort(), times.map((time) => String(time).padStart(3, "0")).sort());
    }),
  );
});

test("lines may be cut anywhere, also within a character", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/\n/g, " "))),
      fc.integer({ min: 1, max: 7 }),
      async (lines, size) => {
        const bytes = Buffer.from(lines.join("\n"));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const expected = lines.join("\n") === "" ? [] : lines.join("\n").replace(/\n$/, "").split("\n");
        assert.deepEqual(await all(linesOf(stream(chunks))), expected);
      },
    ),
    { numRuns: 100 },
  );
});
