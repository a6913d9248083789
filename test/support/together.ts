import { resolve } from "node:path";
import { after, describe } from "node:test";

/** What running the program sets, and each run of it sets anew. */
const ofTheProgram = ["KUBECONFIG", "PULUMI_CONFIG_SECRET_KEYS"];

/**
 * Files of tests in one process, one after the other: loading the program and its libraries costs most of them more than
 * their tests. Each is a suite of its name, so hooks at its top stay its own. A file that leaves another environment or
 * working directory than it found fails: the next one would see it.
 */
export function together(files: readonly string[]): void {
  const found = surroundings();
  for (const file of files) {
    const demandSame = (when: string) => {
      const now = surroundings();
      const left = Object.keys({ ...found, ...now }).filter((name) => found[name] !== now[name]);
      if (left.length > 0)
        throw new Error(`${file} changes ${left.join(", ")} ${when}: put it back in a hook, or change it in one`);
    };
    describe(file, () => {
      require(resolve(file));
      demandSame("as soon as it is loaded");
      // After the hooks of the file itself, which put things back.
      after(() => demandSame("and leaves it so"));
    });
  }
}

function surroundings(): Readonly<Record<string, string | undefined>> {
  const variables = Object.entries(process.env).filter(([name]) => !ofTheProgram.includes(name));
  return { ...Object.fromEntries(variables), "the working directory": process.cwd() };
}
