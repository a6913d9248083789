import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Allowance, allowanceOf } from "../../../cli/ci/allowance";
import type { Place } from "../../../review/forge/place";
import { FakeGithub } from "../../support/forges/github";
import { FakeGitlab } from "../../support/forges/gitlab";

const label = "allow-destroy";
const [first, second] = ["a".repeat(40), "b".repeat(40)];
/** Minutes after some hour, as forges write times. */
const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00Z`;

/** A pull request on a fake forge: pushes, labels, and what the gate of a commit then says. */
interface World {
  push(head: string, minute: number): void;
  label(by: string | null, minute: number, action?: "add" | "remove", name?: string): void;
  /** What somebody may do from now on. */
  may(who: string, level: "write" | "label" | "nothing"): void;
  allowance(head: string, env?: Record<string, string>, labels?: readonly string[]): Promise<Allowance>;
  stop(): Promise<void>;
}

async function github(): Promise<World> {
  const forge = await new FakeGithub().start();
  forge.pull(7, { pull: { sha: first, branch: "change", repository: "eve/shop" } });
  let run = 0;
  return {
    push: (head, minute) => {
      run = forge.push(7, head, at(minute));
      // Runs of other workflows for the same commit, which the label itself may have started.
      forge.runs.push({ id: run + 5000, workflow: 2, head, event: "pull_request", at: at(59) });
      forge.runs.push({ id: run + 6000, workflow: 1, head, event: "push", at: at(59) });
    },
    label: (by, minute, action = "add", name = label) =>
      forge.label(7, name, by, at(minute), action === "add" ? "labeled" : "unlabeled"),
    may: (who, level) =>
      void forge.permissions.set(who, level === "write" ? "write" : level === "label" ? "read" : "none"),
    allowance: (head, env = { GITHUB_TOKEN: "token" }, labels = []) =>
      allowanceOf(label, { ...place("github", forge.origin, head, labels), run: { id: String(run), url: "" } }, env),
    stop: () => forge.stop(),
  };
}

async function gitlab(): Promise<World> {
  const forge = await new FakeGitlab().start();
  return {
    push: (head, minute) => forge.push(head, at(minute)),
    label: (by, minute, action = "add", name = label) => forge.label(7, name, by, at(minute), action),
    may: (who, level) => {
      if (level === "nothing") forge.members.delete(who);
      else forge.members.set(who, level === "write" ? 30 : 20);
    },
    allowance: (head, env = { GITLAB_TOKEN: "token" }, labels = []) =>
      allowanceOf(label, place("gitlab", forge.origin, head, labels), env),
    stop: () => forge.stop(),
  };
}

function place(forge: Place["forge"], api: string, commit: string, labels: readonly string[]): Place {
  return { forge, repository: "acme/shop", url: "https://forge.test/acme/shop", api, commit, number: 7, labels };
}

for (const [name, make] of Object.entries({ github, gitlab })) {
  describe(`the label on ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await make();
      world.push(first, 1);
    });
    afterEach(() => world.stop());

    /** The gate stays shut, and says why. */
    async function refused(head: string, why: RegExp): Promise<void> {
      const { open, said } = await world.allowance(head);
      assert.equal(open, false, said);
      assert.match(said ?? "", why);
    }

    test("allows the commit for which somebody who may write gave it, and says so", async () => {
      world.label("ada", 2);
      const { open, said } = await world.allowance(first);
      assert.equal(open, true, said);
      assert.match(said ?? "", /ada allows it for aaaaaaa .*the next push makes that void/);
    });

    test("is void after a push, until it is given again", async () => {
      world.label("ada", 2);
      world.push(second, 3);
      await refused(second, /ada gave it at 2026-11-20T10:02.*before bbbbbbb came.*give it again/);
      world.label("ada", 4, "remove");
      world.label("ada", 5);
      assert.equal((await world.allowance(second)).open, true);
    });

    test("of the first commit does not come back with it: it came once more", async () => {
      world.label("ada", 2);
      world.push(second, 3);
      world.push(first, 4);
      await refused(first, /before aaaaaaa came/);
    });

    test("given in the very moment of the push counts for nothing", async () => {
      world.label("ada", 1);
      await refused(first, /before aaaaaaa came/);
    });

    test("opens no gate of an older commit, whose run is repeated", async () => {
      world.push(second, 3);
      world.label("ada", 4);
      await refused(first, /aaaaaaa is not the head any more; look at the run of bbbbbbb/);
    });

    test("counts only from somebody who may write, as that is now", async () => {
      world.may("mallory", "label");
      world.label("mallory", 2);
      await refused(first, /mallory gave it, who may not write/);
      world.label("mallory", 3, "remove");
      world.label("ada", 4);
      assert.equal((await world.allowance(first)).open, true);
      world.may("ada", "nothing");
      await refused(first, /ada gave it, who may not write/);
    });

    test("of an account that is gone counts for nothing", async () => {
      world.label(null, 2);
      await refused(first, /an account that is gone/);
    });

    test("that was taken away, and another one, allow nothing and need no word", async () => {
      world.label("ada", 2);
      world.label("ada", 3, "remove");
      world.label("ada", 4, "add", "review");
      assert.deepEqual(await world.allowance(first), { open: false });
    });

    test("is not believed to the pipeline's own variables where the forge cannot be asked", async () => {
      const { open, said } = await world.allowance(first, {}, [label]);
      assert.equal(open, false);
      assert.match(said ?? "", /nobody can be asked .* TOKEN is not set|_TOKEN is not set/);
      assert.deepEqual(await world.allowance(first, {}, []), { open: false });
    });

    test("is found behind hundreds of other events", async () => {
      for (let index = 0; index < 250; index++) world.label("ada", 2, index % 2 === 0 ? "add" : "remove", "bug");
      world.label("ada", 3);
      assert.equal((await world.allowance(first)).open, true);
    });
  });
}

test("where nothing is asked for, and where there is no pull request, nothing is allowed", async () => {
  const nowhere = place("github", "http://127.0.0.1:1", first, [label]);
  assert.deepEqual(await allowanceOf(undefined, nowhere), { open: false });
  assert.deepEqual(await allowanceOf(label, undefined), { open: false });
  const { number, ...queue } = nowhere;
  assert.deepEqual(await allowanceOf(label, queue, { GITHUB_TOKEN: "token" }), { open: false });
});
