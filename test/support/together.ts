import assert from "node:assert/strict";
import { resolve } from "node:path";
import { after, describe, test } from "node:test";

/** What running the program sets, and each run of it sets anew. */
const ofTheProgram = ["KUBECONFIG", "PULUMI_CONFIG_SECRET_KEYS"];

/**
 * Files of tests in one process, one after the other: loading the program and its libraries costs most of them more than
 * their tests. Each is a suite of its name, so hooks at its top stay its own. What goes wrong with a file as a whole fails
 * a test, because Node.js 22 calls a run good in which a suite fails and no test does.
 */
export function together(files: readonly string[]): void {
  const found = surroundings();
  const problems: string[] = [];
  for (const file of files) {
    const look = (when: string) => {
      const now = surroundings();
      const changed = Object.keys({ ...found, ...now }).filter((name) => found[name] !== now[name]);
      if (changed.length > 0) problems.push(`${file} changes ${changed.join(", ")} ${when}: put it back in a hook`);
    };
    describe(file, () => {
      try {
        require(resolve(file));
      } catch (error) {
        test("the file can be loaded", () => Promise.reject(error));
      }
      look("as soon as it is loaded");
      // After the hooks of the file itself, which put things back.
      after(() => look("and leaves it so"));
    });
  }
  // The next file would see it.
  test("each file leaves the environment and the working directory as it found them", () => {
    assert.deepEqual(problems, []);
  });
}

function surroundings(): Readonly<Record<string, string | undefined>> {
  const variables = Object.entries(process.env).filter(([name]) => !ofTheProgram.includes(name));
  return { ...Object.fromEntries(variables), "the working directory": process.cwd() };
}
