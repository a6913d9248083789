import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type CliOutput, CliPreview } from "../../cli/commands/preview/cliPreview";
import { ensureCli } from "../../engine/cli";
import { offlineStack } from "../../engine/record/offlineStack";
import { committedStacks, repository, stackConfig } from "../support/plan";
import { policyPackFlags } from "../support/policyPack";

type Layers = Record<string, Record<string, unknown>>;

/** What the real Pulumi CLI says of a stack when it asks the policy pack. */
async function previewed(stack: string, change: (layers: Layers) => void = () => {}): Promise<CliOutput> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-policies-"));
  try {
    const cli = await ensureCli();
    const config = stackConfig(stack) as Layers;
    change(config);
    const offline = await offlineStack(config, { root: repository, folder, now: new Date() });
    const preview = new CliPreview(cli, stack, offline, folder);
    await preview.open();
    return await preview.output(["preview"], policyPackFlags());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const stack of committedStacks) {
  test(`stack ${stack} passes the policy pack in the real engine`, async () => {
    const { stdout, stderr, exitCode } = await previewed(stack);
    assert.equal(exitCode, 0, `${stdout.slice(-3000)}\n${stderr}`);
    assert.match(stdout, /Policies:\s+✅ switchboard@v/);
    assert.doesNotMatch(stdout, /\[(mandatory|advisory)\]/);
  });
}

test("a setting that loses backups fails the preview with the rule's name and the setting", async () => {
  const { stdout, exitCode } = await previewed("prod", (layers) => {
    layers["switchboard:postgres"]!.backups = { transactionLogDays: 1 };
  });
  assert.notEqual(exitCode, 0);
  assert.match(stdout, /\[mandatory\]\s+backups-kept-a-week/);
  assert.match(stdout, /transactionLogRetentionDays is 1, and must be 7 or more/);
  assert.match(stdout, /postgres\.backups\.transactionLogDays/);
});

test("a key that was written among the plain variables is refused by the settings and is not shown", async () => {
  const { stdout, stderr, exitCode } = await previewed("dev", (layers) => {
    layers["switchboard:panel"]!.env = { UPLOADS: "AKIAIOSFODNN7EXAMPLE" };
  });
  assert.notEqual(exitCode, 0);
  assert.match(stdout + stderr, /panel\.env\.UPLOADS: .*secretEnv/);
  assert.doesNotMatch(stdout + stderr, /AKIAIOSFODNN7EXAMPLE/);
});

test("a key in a command, which no setting looks at, fails the preview and is not shown", async () => {
  const { stdout, exitCode } = await previewed("dev", (layers) => {
    layers["switchboard:panel"]!.schedules = {
      upload: { cron: "0 4 * * *", command: ["upload", "AKIAIOSFODNN7EXAMPLE"] },
    };
  });
  assert.notEqual(exitCode, 0);
  const policies = stdout.slice(stdout.indexOf("Policies:"), stdout.indexOf("Diagnostics:"));
  assert.match(policies, /\[mandatory\]\s+secret-not-in-clear/);
  assert.match(policies, /is an access key of AWS/);
  assert.doesNotMatch(policies, /AKIAIOSFODNN7EXAMPLE/);
});

test("what is only advised is shown and does not fail the preview", async () => {
  const { stdout, exitCode } = await previewed("prod", (layers) => {
    layers["switchboard:redis"]!.highAvailability = false;
  });
  assert.equal(exitCode, 0, stdout.slice(-3000));
  assert.match(stdout, /\[advisory\]\s+data-in-two-zones/);
});
