import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { execa } from "execa";
import { repository } from "../support/plan";

const stacks = readdirSync(repository).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);

for (const stack of stacks) {
  test(`the real Pulumi CLI previews what the tree of stack ${stack} shows`, { timeout: 900_000 }, async () => {
    const { stdout, exitCode, stderr } = await execa("npm", ["run", "--silent", "preview", "--", stack, "--build"], {
      ...{ cwd: repository, reject: false, stdin: "ignore" },
    });
    assert.equal(exitCode, 0, `${stdout.slice(-2000)}\n${stderr}`);
    assert.match(stdout, /^Confirmed: .* previews the same \d+ \(resources and components\)\.$/m);
  });
}
