import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { renderComment } from "../../../review/comment";
import { sectionsOf } from "../../../review/comment/compose";
import { forges } from "../../../review/comment/model";
import { commentEntry } from "../../../review/forge/commentEntry";
import { Gitlab } from "../../../review/forge/gitlab";
import { upsert } from "../../../review/forge/upsert";
import { stackPreview } from "../../../review/plan";
import { FakeGitlab } from "../../support/forges/gitlab";
import { distant, VirtualTime } from "../../support/forges/virtualTime";
import { fixture } from "../../support/previews/fixtures";

const sha = (letter: string) => letter.repeat(40);
let forge: FakeGitlab;
beforeEach(async () => {
  forge = await new FakeGitlab().start();
});
afterEach(() => forge.stop());

/** What a job has rendered of one recorded preview. */
function rendered(situation: string, commit: string, minute: number): string {
  const { stdout, stack, exitCode, stderr } = fixture(situation);
  return renderComment(
    {
      ...{ project: "switchboard", commit: { sha: commit }, tools: [], time: `2026-11-21T08:${minute}:00.000Z` },
      stacks: [{ preview: stackPreview(stdout, { stack, exitCode, stderr }), findings: [] }],
    },
    forges.gitlab,
  );
}

const board = () => new Gitlab({ project: "acme/shop", token: "token", api: forge.origin }).notes(7);
const stacksThere = () =>
  sectionsOf(forge.notes[0]!.body)
    .map(({ mark }) => `${mark.stack} ${mark.sha[0]}`)
    .sort();

test("jobs of two stacks that post at the same time leave both sections, whichever comes first", async () => {
  const bodies = [rendered("postgres-tier", sha("a"), 10), rendered("rds-class", sha("a"), 10)];
  for (let seed = 1; seed <= 12; seed++) {
    forge.notes.length = 0;
    let state = seed * 7919;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const results = await new VirtualTime(random).run(
      bodies.map((body) => async (clock) => {
        await clock.sleep(Math.floor(random() * 3000));
        const away = distant(board(), clock, () => Math.floor(random() * 900));
        return upsert(away, commentEntry("switchboard", body, forges.gitlab), { clock, attempts: 40 });
      }),
    );
    assert.deepEqual(
      results.filter(({ status }) => status === "rejected"),
      [],
    );
    assert.equal(forge.notes.length, 1, `seed ${seed}`);
    assert.deepEqual(stacksThere(), ["prod a", "prod-eks a"], `seed ${seed}`);
  }
});

test("an older commit never takes the place of the head, even when its job ends last", async () => {
  const clock = {
    now: Date.now,
    random: () => 0,
    sleep: async () => {},
    timeout: (ms: number) => AbortSignal.timeout(ms),
  };
  const entry = (body: string) => commentEntry("switchboard", body, forges.gitlab, { head: sha("b") });
  await upsert(board(), entry(rendered("postgres-tier", sha("b"), 10)), { clock });
  const late = await upsert(board(), entry(rendered("nothing-prod", sha("a"), 59)), { clock });
  assert.equal(late.outcome, "unchanged");
  assert.deepEqual(stacksThere(), ["prod b"]);
});

test("with the stacks that are touched, sections of others go, and without any the comment goes", async () => {
  const clock = {
    now: Date.now,
    random: () => 0,
    sleep: async () => {},
    timeout: (ms: number) => AbortSignal.timeout(ms),
  };
  await upsert(board(), commentEntry("switchboard", rendered("postgres-tier", sha("a"), 10), forges.gitlab), { clock });
  const eks = rendered("rds-class", sha("b"), 20);
  await upsert(board(), commentEntry("switchboard", eks, forges.gitlab, { stacks: ["prod-eks"] }), { clock });
  assert.deepEqual(stacksThere(), ["prod-eks b"]);
  await upsert(board(), commentEntry("switchboard", eks, forges.gitlab, { stacks: [] }), { clock });
  assert.deepEqual(forge.notes, []);
});
