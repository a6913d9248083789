import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judged, nearEnds } from "../../../cli/versions/judge";
import type { Support } from "../../../components/calendar/model";

const now = new Date("2026-12-01T12:00:00Z");
const fact = (support?: Support) => ({
  ...{ what: "Redis", now: "8.0", sources: [], notes: [], setting: "redis.image" },
  ...(support && { support }),
});

describe("the end of support is said in words, and warned of", () => {
  for (const [support, state, until] of [
    [{ until: "2030-01-01" }, "ok", "2030-01-01 (in 3 years)"],
    [{ until: "2027-03-01" }, "ok", "2027-03-01 (in 3 months)"],
    [{ until: "2027-02-28" }, "soon", "2027-02-28 (in 3 months)"],
    [{ until: "2026-12-03" }, "soon", "2026-12-03 (in 2 days)"],
    [{ until: "2026-12-02" }, "soon", "2026-12-02 (in 1 day)"],
    [{ until: "2026-12-01" }, "soon", "2026-12-01 (in 0 days)"],
    [{ until: "2026-11-30" }, "over", "2026-11-30 (1 day ago)"],
    [{ until: "2026-11-11" }, "over", "2026-11-11 (20 days ago)"],
    [
      { until: "2026-11-12", extended: "2027-11-12" },
      "soon",
      "2026-11-12 (19 days ago); extended, at a price, until 2027-11-12",
    ],
    [{ until: "2025-11-26", extended: "2026-11-26" }, "over", "2025-11-26 (12 months ago)"],
    [{}, "ok", "no end announced"],
    [undefined, "unknown", "unknown"],
  ] as const)
    test(`${JSON.stringify(support)}`, () => {
      const row = judged(fact(support), now);
      assert.equal(row.state, state);
      assert.equal(row.until, until);
    });
});

test("one line names what is near its end or past it, and nothing else", () => {
  const rows = (...all: (Support | undefined)[]) => all.map((support) => judged(fact(support), now));
  assert.equal(nearEnds(rows({ until: "2030-01-01" }, {}, undefined)), undefined);
  assert.equal(
    nearEnds(rows({ until: "2030-01-01" }, { until: "2027-01-01" })),
    "1 version is within 90 days of the end of support, or past it: Redis 8.0: 2027-01-01 (in 31 days)",
  );
  assert.match(
    nearEnds(rows({ until: "2026-01-01" }, { until: "2027-01-01" })) ?? "",
    /^2 versions are .*; Redis 8\.0: 2027/,
  );
});
