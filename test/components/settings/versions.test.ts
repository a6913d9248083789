import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { daysUntil, planningDays } from "../../../components/calendar/model";
import { kubernetesVersion } from "../../../components/clouds/aws/checks";
import { eksSupport, newestEks } from "../../../components/clouds/aws/settings/calendar";
import type { Layers } from "../../../components/settings/checks/check";
import { Findings } from "../../../components/settings/checks/check";
import { parseStackFile } from "../../../engine/stack/stackFile";
import { stacks } from "../../../engine/stack/target";
import { repository } from "../../support/plan";

/** What is said of a version on a day. */
function said(version: string, supportPolicy: "STANDARD" | "EXTENDED", day: string): Findings {
  const layers = { cluster: { kind: "eks", version, supportPolicy } } as unknown as Layers;
  const found = new Findings(layers);
  kubernetesVersion(layers, found, new Date(`${day}T12:00:00Z`));
  return found;
}

describe("a version past its support is refused, one that nears it is said", () => {
  for (const [version, policy, day, errors, warnings] of [
    [
      "1.31",
      "EXTENDED",
      "2026-11-25",
      undefined,
      /"1\.31" is in extended support on EKS until 2026-11-26 .*six times the price/,
    ],
    [
      "1.31",
      "EXTENDED",
      "2026-11-28",
      /"1\.31" is out of extended support on EKS since 2026-11-26 .*EKS offers up to "1\.36"$/,
      undefined,
    ],
    [
      "1.31",
      "STANDARD",
      "2026-11-28",
      /out of standard support on EKS since 2025-11-26 .*EKS offers up to "1\.36"$/,
      undefined,
    ],
    ["1.33", "STANDARD", "2026-11-28", /since 2026-07-29 .*or set cluster\.supportPolicy to "EXTENDED"$/, undefined],
    ["1.33", "EXTENDED", "2026-11-28", undefined, /in extended support on EKS until 2027-07-29/],
    [
      "1.35",
      "STANDARD",
      "2026-11-28",
      undefined,
      /"1\.35" is supported on EKS until 2027-03-27 .*plan for it: raise it/,
    ],
    ["1.35", "STANDARD", "2026-11-20", undefined, undefined],
    ["1.36", "STANDARD", "2026-11-28", undefined, undefined],
    ["1.37", "STANDARD", "2030-01-01", undefined, undefined],
  ] as const) {
    test(`${version} with ${policy} on ${day}`, () => {
      const found = said(version, policy, day);
      for (const [what, pattern] of [
        [found.errors, errors],
        [found.warnings, warnings],
      ] as const) {
        assert.equal(what.length, pattern ? 1 : 0, what.join("\n"));
        if (pattern) assert.match(`${what}`, pattern);
      }
    });
  }
});

test("the calendar is in the order of versions, each with a year of extended support", () => {
  const minors = Object.keys(eksSupport.lines).map((version) => Number(version.split(".")[1]));
  assert.deepEqual(
    minors,
    [...minors].sort((a, b) => a - b),
  );
  for (const [version, { until, extended }] of Object.entries(eksSupport.lines)) {
    assert.equal(Number(extended!.slice(0, 4)), Number(until!.slice(0, 4)) + 1, version);
    assert.equal(extended!.slice(4), until!.slice(4), version);
  }
});

test("a committed stack names the newest version, which has time left", () => {
  const versions = stacks().flatMap((stack) => {
    const file = join(repository, `Pulumi.${stack}.yaml`);
    const { config } = parseStackFile(readFileSync(file, "utf8"), file);
    const cluster = Object.entries(config).find(([key]) => key.endsWith(":cluster"))?.[1] as {
      kind?: string;
      version?: string;
    };
    return cluster?.kind === "eks" ? [cluster.version!] : [];
  });
  assert.ok(versions.length > 0);
  for (const version of versions) {
    assert.equal(version, newestEks);
    // From the day on which the calendar was read: a test that fails of itself one day would help nobody.
    assert.ok(daysUntil(eksSupport.lines[version]!.until!, new Date("2026-11-29")) > planningDays, version);
  }
});
