/**
 * The real Pulumi CLI and the reader of this repository on the same stack files: the table, and files made at random
 * (`FUZZ_RUNS=2000` for the long form, a third of a second each).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { readStackFile, UnreadableStackFile } from "../../components/schema/stackFile";
import { projectOf } from "../../components/schema/stackFile/project";
import { ensureCli } from "../../engine/cli";
import { project, stackFileCases } from "../support/stackFiles/cases";
import { CliReader, type Read } from "../support/stackFiles/cli";
import { comparable } from "../support/stackFiles/comparable";
import { someStackFile } from "../support/stackFiles/random";
import { recorded } from "../support/stackFiles/record";

const given = projectOf(project);
let cli: CliReader;

before(async () => {
  cli = await new CliReader(await ensureCli(), project).open();
});
after(() => cli.close());

function read(text: string): Read {
  try {
    return { config: readStackFile(text, given).config };
  } catch (error) {
    if (!(error instanceof UnreadableStackFile)) throw error;
    return { refused: error.message };
  }
}

test("the CLI gives what the recording says", async () => {
  for (const { name, text } of stackFileCases)
    assert.equal(comparable(await cli.read(text)), comparable(recorded()[name]), name);
});

test("files made at random are read alike", async () => {
  await fc.assert(
    fc.asyncProperty(someStackFile, async (text) => {
      const [theirs, ours] = [await cli.read(text), read(text)];
      if ("refused" in theirs) assert.ok("refused" in ours, `the CLI refuses it: ${theirs.refused}\n${text}`);
      else assert.equal(comparable(ours), comparable(theirs), text);
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 60), endOnFailure: true },
  );
});
