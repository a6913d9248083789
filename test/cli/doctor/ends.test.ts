import assert from "node:assert/strict";
import { test } from "node:test";
import { examine } from "../../../cli/doctor";
import { subjectOf } from "../../../cli/doctor/subject";
import { readTarget } from "../../../engine/stack/target";
import { day, fakeHostOf, printed } from "./fakeHosts";

/** The versions of the development stack with another image of Redis. */
async function versionsWith(redis: string) {
  const dev = await subjectOf(readTarget("dev"), new Date(day));
  const settings = {
    ...dev.settings,
    redis: { ...dev.settings.redis, image: { reference: redis, repository: "redis" } },
  };
  const checked = await examine(
    { ...dev, settings } as typeof dev,
    fakeHostOf({ "node --version": printed("v22.1.0") }),
  );
  return checked.find(({ area }) => area === "versions")!.findings;
}

test("the doctor has one line for what ends soon, and says where to see more", async () => {
  const advised = (await versionsWith("redis:7.0.15-bullseye")).filter(({ status }) => status !== "ok");
  assert.equal(advised.length, 1);
  const [{ status, what, todo }] = advised as [(typeof advised)[0]];
  assert.equal(status, "advice");
  assert.match(
    what,
    /^2 versions are within 90 days .*Redis \(image\) 7\.0\.15: 2024-07-29.*Debian below images bullseye: 2026-08-31/,
  );
  assert.match(todo!, /npx switchboard versions dev/);
});

test("and none while nothing does", async () => {
  const findings = await versionsWith("redis:7.2.11-bookworm");
  assert.deepEqual(
    findings.filter(({ status }) => status !== "ok"),
    [],
  );
});
