import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const repository = resolve(__dirname, "../..");

/**
 * Every file of unit tests below a folder, however deep, as paths from the repository's root in a fixed order. They are
 * listed here because the shells and the releases of Node.js do not agree on what `**` means.
 */
export function testFiles(folder = join(repository, "test"), root = repository): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/**
 * Runs all of them, four at a time. Options of Node.js' runner can be given: `npm run unit -- --test-name-pattern=quota`.
 * @returns the exit code
 */
function main(options: readonly string[]): number {
  const loader = ["--require", "./components/loader.cjs"];
  const { status } = spawnSync(
    process.execPath,
    [...loader, "--test", "--test-concurrency=4", ...options, ...testFiles()],
    { cwd: repository, stdio: "inherit" },
  );
  return status ?? 1;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
