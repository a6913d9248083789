/** `npm run record:stack-files`: has the real Pulumi CLI read every case, and keeps what it gave. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCli } from "../../../engine/cli";
import { repository } from "../../../lib/paths";
import { project, stackFileCases } from "./cases";
import { CliReader, type Read } from "./cli";

const recording = join(repository, "test/fixtures/stackFiles.json");

/** What the CLI gave, by the names of the cases. */
export function recorded(): Record<string, Read> {
  return JSON.parse(readFileSync(recording, "utf8"));
}

async function main(): Promise<void> {
  const cli = await ensureCli((line) => process.stderr.write(`${line}\n`));
  const reader = await new CliReader(cli, project).open();
  const found: Record<string, Read> = {};
  for (const { name, text } of stackFileCases) found[name] = await reader.read(text);
  reader.close();
  writeFileSync(recording, `${JSON.stringify(found, null, 1)}\n`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
}
