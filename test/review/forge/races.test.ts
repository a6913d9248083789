import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { Board } from "../../../review/forge/board";
import { Github } from "../../../review/forge/github";
import { Gitlab } from "../../../review/forge/gitlab";
import { upsert } from "../../../review/forge/upsert";
import { FakeGithub } from "../../support/forges/github";
import { FakeGitlab } from "../../support/forges/gitlab";
import { lines, marker } from "../../support/forges/sections";
import { distant, VirtualTime } from "../../support/forges/virtualTime";

const github = new FakeGithub();
const gitlab = new FakeGitlab();
before(async () => {
  await Promise.all([github.start(), gitlab.start()]);
});
after(() => Promise.all([github.stop(), gitlab.stop()]));

interface Race {
  /** Stack and run of each writer; the same stack twice is an older and a newer commit. */
  readonly writers: readonly (readonly [stack: string, version: number])[];
  /** Milliseconds after which each begins. */
  readonly starts: readonly number[];
  readonly seed: number;
}

const race: fc.Arbitrary<Race> = fc
  .uniqueArray(fc.tuple(fc.constantFrom("dev", "prod", "eu"), fc.integer({ min: 1, max: 3 })), {
    ...{ minLength: 2, maxLength: 4, selector: ([stack, version]) => `${stack}${version}` },
  })
  .chain((writers) =>
    fc.record({
      writers: fc.constant(writers),
      starts: fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: writers.length, maxLength: writers.length }),
      seed: fc.integer({ min: 1, max: 0x7fffffff }),
    }),
  );

/** Numbers from 0 to 1 by a seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How long a request takes on its way there or back, in milliseconds. */
type Way = (random: () => number) => number;

const quick: Way = (random) => Math.floor(random() * 900);
/** One of four takes longer than a writer may wait. */
const sometimesSlow: Way = (random) => Math.floor(random() * (random() < 0.25 ? 8000 : 300));

/** Lets the writers at one board. */
async function compete(board: Board, { writers, starts, seed }: Race, way: Way, settle?: number) {
  const random = chance(seed);
  const time = new VirtualTime(random);
  return time.run(
    writers.map(([stack, version], index) => async (clock) => {
      await clock.sleep(starts[index]!);
      const away = distant(board, clock, () => way(random));
      return upsert(away, lines(stack, version), { clock, attempts: 40, ...(settle !== undefined && { settle }) });
    }),
  );
}

/** What all writers together should have left. */
function expected({ writers }: Race): string {
  const newest = new Map<string, number>();
  for (const [stack, version] of writers) newest.set(stack, Math.max(version, newest.get(stack) ?? 0));
  return [marker, ...[...newest].map(([stack, version]) => `${stack} ${version} -`).sort()].join("\n");
}

async function check(
  board: Board,
  bodies: () => string[],
  clear: () => unknown,
  runs: number,
  way = quick,
  known: readonly Race[] = [],
) {
  await fc.assert(
    fc.asyncProperty(race, async (one) => {
      clear();
      const results = await compete(board, one, way);
      const failures = results.filter(({ status }) => status === "rejected");
      assert.deepEqual(failures, []);
      assert.deepEqual(bodies(), [expected(one)]);
    }),
    { numRuns: runs, examples: known.map((one): [Race] => [one]) },
  );
}

test("writers at the same time on GitHub leave one comment with the newest of every stack", async () => {
  const board = new Github({ repository: "acme/shop", token: "token", api: github.origin, throttled: false }).comments(
    7,
  );
  const clear = () => {
    github.issues.length = 0;
    github.comments.length = 0;
    github.pull(7);
    github.say(7, "mallory", `${marker}\nprod 99 forged`);
  };
  const bodies = () => github.comments.filter(({ author }) => author !== "mallory").map(({ body }) => body);
  await check(board, bodies, clear, 40);
  assert.deepEqual(
    github.comments.filter(({ author }) => author === "mallory").map(({ body }) => body),
    [`${marker}\nprod 99 forged`],
  );
});

test("writers at the same time on GitLab leave one note with the newest of every stack", async () => {
  const board = new Gitlab({ project: "acme/shop", token: "token", api: gitlab.origin }).notes(7);
  const bodies = () => gitlab.notes.map(({ body }) => body);
  await check(board, bodies, () => gitlab.notes.splice(0), 60);
});

test("a writer whose requests take too long gives them up, and takes nothing away", async () => {
  const board = new Gitlab({ project: "acme/shop", token: "token", api: gitlab.origin }).notes(7);
  const bodies = () => gitlab.notes.map(({ body }) => body);
  // A write that was given up had landed, was found, and was overwritten by who had read before it.
  const landed: Race = {
    writers: [
      ["dev", 1],
      ["eu", 1],
      ["dev", 3],
      ["prod", 1],
    ],
    starts: [1944, 4182, 0, 2837],
    seed: 537172472,
  };
  await check(board, bodies, () => gitlab.notes.splice(0), 60, sometimesSlow, [landed]);
});

test("without the look after a while a part is lost, so the races above are real", async () => {
  const board = new Gitlab({ project: "acme/shop", token: "token", api: gitlab.origin }).notes(7);
  const lost: number[] = [];
  for (let seed = 1; seed <= 60; seed++) {
    gitlab.notes.length = 0;
    const one: Race = {
      writers: [
        ["dev", 1],
        ["prod", 1],
      ],
      starts: [0, 0],
      seed: seed * 7919,
    };
    gitlab.say(7, "project_1_bot", `${marker}\neu 1 -`);
    await compete(board, one, quick, 0);
    if (gitlab.notes.map(({ body }) => body).join("\n") !== `${marker}\ndev 1 -\neu 1 -\nprod 1 -`) lost.push(seed);
  }
  assert.ok(lost.length > 0, "no seed loses anything");
});
