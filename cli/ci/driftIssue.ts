import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runMain, UserError } from "../../lib/userError";
import { type Board, forgeOf, placeOf, type UpsertOptions, upsert } from "../../review/forge";
import { driftEntry, type StackDrift } from "../../review/forge/driftEntry";

const title = "What is there differs from what was brought up";
const label = "drift";

/**
 * What `switchboard drift STACK --markdown` wrote, each into `STACK.md`: nothing where nothing differs.
 * @param time when it was looked at, ISO 8601
 */
export function looksIn(folder: string, time: string): StackDrift[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".md"));
  } catch (error) {
    throw new UserError(`${folder}: ${(error as Error).message}`, "name the folder of what `switchboard drift` wrote");
  }
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), "utf8").trim();
    return { stack: name.slice(0, -".md".length), time, ...(text && { text }) };
  });
}

/** Opens, updates or closes the one issue about drift. @returns what was done, in a sentence */
async function tellDrift(issues: Board, looks: readonly StackDrift[], options?: UpsertOptions): Promise<string> {
  const { outcome, url } = await upsert(issues, driftEntry(looks), options);
  const words = { created: "opened", updated: "updated", removed: "closed", unchanged: "left as it is" } as const;
  return `the issue about drift was ${words[outcome]}${url ? `: ${url}` : ""}`;
}

/** `cli/ci/driftIssue.ts FOLDER`, in a pipeline. */
async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const place = placeOf();
  if (!folder || !place)
    throw new UserError("a folder is needed, and a pipeline to run in", "cli/ci/driftIssue.ts FOLDER");
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const issues = forgeOf(place).issues(title, label);
  process.stdout.write(`${await tellDrift(issues, looksIn(folder, new Date().toISOString()), { report })}\n`);
}

if (require.main === module) runMain(main);
