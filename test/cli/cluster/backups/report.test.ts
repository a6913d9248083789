import assert from "node:assert/strict";
import { test } from "node:test";
import { backupLines, backupsJson, madeLine } from "../../../../cli/cluster/backups/lines";
import { backupsIn } from "../../../../cli/cluster/backups/report";

/** What pgBackRest 2.45 says of a repository, cut to what matters. */
const backup = (label: string, type: string, stop: number, annotation: object = {}) => ({
  ...{ label, type, timestamp: { start: stop - 4, stop }, annotation },
  info: { delta: 22992356, repository: { delta: 2845904, size: 2845904 }, size: 22992356 },
});
const said = (backups: object[], code = 0, message = "ok") =>
  `INFO: something\n${JSON.stringify({
    message: "backups",
    info: [{ backup: backups, status: { code, message } }],
    newest: { "000000010000000000000003-c65600.zst": { type: "file", size: 624, time: 1796068165 } },
  })}\n`;

const full = backup("20261130-194821F", "full", 1796068105, {
  ...{ verified: "2026-11-30T19:48:26Z", drill: "passed", "drill-at": "2026-11-30T19:50:00Z", "drill-seconds": "63" },
});

test("backups are read with what was noted at them, and how far one can go back", () => {
  const list = backupsIn(said([full, backup("20261130-194821F_20261130-200000D", "diff", 1796068800)]));
  assert.deepEqual(backupLines(list), [
    "backup                             type          ended                 database  stored  verified              drill",
    "20261130-194821F                   full          2026-11-30 19:48:25Z  23 MB     2.8 MB  2026-11-30 19:48:26Z  passed 2026-11-30 19:50:00Z (63 s)",
    "20261130-194821F_20261130-200000D  differential  2026-11-30 20:00:00Z  23 MB     2.8 MB  -                     -",
    "",
    "a restore can go back to any second from 2026-11-30 19:48:25Z to 2026-11-30 19:49:25Z",
  ]);
  assert.equal(madeLine(list.backups[0]!), "20261130-194821F: full, 23 MB, 2.8 MB stored, 4 s, read again and whole");
  const { restorable } = JSON.parse(JSON.stringify(backupsJson(list)));
  assert.equal(restorable.to, "2026-11-30T19:49:25.000Z");
});

test("a repository without backups is none to restore from; one that cannot be read is an error", () => {
  assert.deepEqual(backupLines(backupsIn(said([], 2, "no valid backups"))), ["there is no backup yet"]);
  assert.throws(() => backupsIn(said([], 99, "[CryptoError] unable to flush")), /cannot be read: \[CryptoError\]/);
  assert.throws(() => backupsIn("sh: pgbackrest: not found"), /has not said which backups there are: sh/);
});
