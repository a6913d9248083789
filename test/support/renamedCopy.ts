import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../lib/temporary";
import { repository } from "./plan";
import { project } from "./project";

/**
 * This checkout as a team has it that has called its project after itself: another `name` in Pulumi.yaml, and other
 * keys in the stacks' files. It is gone when this process is.
 *
 * @returns its folder
 */
export function renamedCopy(name: string): string {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a project`);
  const folder = temporaryFolder("renamed");
  // What is there now, committed or not, and nothing that was built or installed.
  for (const file of git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"))
    if (file && lstatSync(join(repository, file), { throwIfNoEntry: false }))
      cpSync(join(repository, file), join(folder, file), { verbatimSymlinks: true });
  rename(folder, project, name);
  // The tags of images come from what git knows.
  git(folder, "init", "--quiet", "--initial-branch=main");
  appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  git(folder, "add", "--all");
  const unsigned = ["user.name=test", "user.email=test@test.invalid", "commit.gpgsign=false"].flatMap((set) => [
    "-c",
    set,
  ]);
  git(folder, ...unsigned, "commit", "--quiet", "--no-verify", "--message=renamed");
  for (const installed of ["node_modules", "apps/panel/node_modules"])
    if (existsSync(join(repository, installed))) symlinkSync(join(repository, installed), join(folder, installed));
  return folder;
}

function git(cwd: string, ...args: string[]): string {
  // Git sets these for its hooks, and they mean the repository that the hook belongs to.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  return execFileSync("git", args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** What somebody edits who gives the project another name. */
function rename(folder: string, from: string, to: string): void {
  const stackFiles = readdirSync(folder).filter((entry) => /^Pulumi\..+\.yaml$/.test(entry));
  for (const file of ["Pulumi.yaml", ...stackFiles, ".ci/review.yaml"]) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    const renamed = lines.map((line) => {
      if (line === `name: ${from}`) return `name: ${to}`;
      return line.startsWith(`  ${from}:`) ? `  ${to}${line.slice(from.length + 2)}` : line;
    });
    writeFileSync(join(folder, file), renamed.join("\n"));
  }
}
