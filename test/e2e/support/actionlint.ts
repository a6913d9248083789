import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { ensureGoTool, type GoTool, isExecutable } from "../../../engine/goTool";
import { repository } from "../../../lib/paths";
import { UserError } from "../../../lib/userError";

/** The linter for workflows of GitHub, at the version that `test/e2e/support/actionlint/go.mod` pins and go.sum proves. */
export const actionlint: GoTool = {
  module: join(repository, "test/e2e/support/actionlint"),
  package: "github.com/rhysd/actionlint/cmd/actionlint",
  name: "actionlint",
};

/**
 * Builds actionlint unless the cache has it (some seconds), and checks workflow files with it, scripts included: those
 * are given to shellcheck.
 * @returns what it complains about; empty when there is nothing
 * @throws UserError when shellcheck is not installed, or a file is not there
 */
export async function lintWorkflows(files: readonly string[], report?: (line: string) => void): Promise<string> {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new UserError(`${missing.join(", ")}: not there`, "name files of .github/workflows");
  const shellcheck = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "shellcheck"))
    .find(isExecutable);
  // Without it actionlint would leave the scripts out and say nothing of it.
  if (!shellcheck) throw new UserError("shellcheck is not installed", "sudo apt-get install shellcheck");
  const binary = await ensureGoTool({ ...actionlint, ...(report && { report }) });
  const args = ["-no-color", "-oneline", "-shellcheck", shellcheck, "-pyflakes", "", ...files];
  const { stdout, stderr, exitCode } = await execa(binary, args, { cwd: repository, reject: false });
  // 1 is what it says of files that are wrong; more is what went wrong with itself.
  if (exitCode !== 0 && exitCode !== 1) throw new UserError(`actionlint failed: ${stderr.trim()}`, "read what it says");
  return stdout.trim();
}
