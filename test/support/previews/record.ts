/** `npm run record:previews -- [NAME...]`: has the real Pulumi CLI preview every situation, or the named ones. */
import { ensureCli } from "../../../engine/cli";
import { keepFixture } from "./fixtures";
import { run } from "./run";
import { situations } from "./situations";

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !situations.some((situation) => situation.name === name));
  if (unknown.length > 0) {
    const known = situations.map(({ name }) => name).join(", ");
    throw new Error(`no situation is called ${unknown.join(", ")}; use one of ${known}`);
  }
  const cli = await ensureCli((line) => process.stderr.write(`${line}\n`));
  let total = 0;
  for (const situation of situations) {
    if (wanted.length > 0 && !wanted.includes(situation.name)) continue;
    const recording = await run(situation, cli);
    const bytes = keepFixture(recording);
    total += bytes;
    process.stdout.write(`${situation.name}: exit code ${recording.exitCode}, ${(bytes / 1000).toFixed(1)} kB\n`);
  }
  process.stdout.write(`${(total / 1000).toFixed(0)} kB\n`);
}

if (require.main === module) {
  main().then(
    // What the runs of the program left open would hold the process.
    () => process.exit(0),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
}
