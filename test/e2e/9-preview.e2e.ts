import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { CliPreview } from "../../cli/commands/preview/cliPreview";
import { ensureCli } from "../../engine/cli";
import { offlineStack } from "../../engine/record/offlineStack";
import { repository, stackConfig } from "../support/plan";
import { previewOfDeployed } from "./support/deployed";

const stacks = readdirSync(repository).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);

for (const stack of stacks) {
  test(`the real Pulumi CLI previews what the tree of stack ${stack} shows`, async () => {
    await ensureCli();
    const { stdout, exitCode, stderr } = await execa("npm", ["run", "--silent", "preview", "--", stack], {
      ...{ cwd: repository, reject: false, stdin: "ignore" },
    });
    assert.equal(exitCode, 0, `${stdout.slice(-2000)}\n${stderr}`);
    assert.match(stdout, /^Confirmed: .* previews the same \d+ \(resources and components\)\.$/m);
  });
}

test("a preview of what is there already changes what is otherwise, and replaces only what cannot be changed in place", async () => {
  const { errors, operations } = await previewOfDeployed("prod-eks", ({ type, urn, inputs }) => {
    if (type === "pulumi:providers:kubernetes") inputs.kubeconfig = "of-another-endpoint";
    if (urn.endsWith("::cluster-pools-apps")) inputs.instanceTypes = ["m6i.large"];
    if (urn.endsWith("::cluster-pools-system")) inputs.scalingConfig.maxSize = 9;
  });
  assert.deepEqual(errors, []);
  const changed = Object.entries(operations).flatMap(([urn, op]) =>
    op === "same" ? [] : [`${op} ${urn.split("::").pop()}`],
  );
  assert.deepEqual(changed.sort(), ["replace cluster-pools-apps", "update cluster-pools-system"]);
});

test("a preview that would delete what holds data fails with its name", async () => {
  const { errors } = await previewOfDeployed("prod-eks", (resource) => {
    // As if the program had called it otherwise before: the engine would make a new one and delete this.
    for (const key of ["urn", "parent"] as const)
      resource[key] = resource[key].replace(/::postgres-instance$/, "::postgres-primary");
    resource.dependencies = resource.dependencies?.map((urn) =>
      urn.replace(/::postgres-instance$/, "::postgres-primary"),
    );
  });
  assert.match(errors.join("\n"), /postgres-primary.*(protected|protection)/s);
});

test("a preview that would leap over a minor version of Kubernetes says so", async () => {
  const { version } = stackConfig("prod-eks")["switchboard:cluster"] as { readonly version: string };
  const before = `1.${Number(version.split(".")[1]) - 2}`;
  const { errors } = await previewOfDeployed("prod-eks", ({ type, inputs }) => {
    if (type === "aws:eks/cluster:Cluster") inputs.version = before;
  });
  const said = errors.join("\n");
  assert.ok(said.includes(`the control plane may move one minor at a time: ${before} → ${version};`), said);
});

test("a preview of a new major version of Postgres in place says what to do instead", async () => {
  const { errors } = await previewOfDeployed("prod", ({ type, inputs }) => {
    if (type === "gcp:sql/databaseInstance:DatabaseInstance") inputs.databaseVersion = "POSTGRES_16";
  });
  assert.match(errors.join("\n"), /postgres\.version: .*16.*17/);
});

test("a plain preview fails with the name of a namespace that is somebody else's", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-foreign-"));
  const path = process.env.PATH;
  context.after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });
  const offline = await offlineStack(stackConfig("dev"), { root: repository, folder, now: new Date() });
  // A cluster that answers: what it says is what kubectl prints.
  const kubeconfig = readFileSync(offline.kubeconfig, "utf8").replace("offline.invalid", "192.0.2.1");
  writeFileSync(offline.kubeconfig, kubeconfig);
  const labels = { "kubernetes.io/metadata.name": "switchboard", team: "shop" };
  const kubectl = `#!/bin/sh\necho '${JSON.stringify({ metadata: { name: "switchboard", labels } })}'\n`;
  writeFileSync(join(folder, "kubectl"), kubectl, { mode: 0o755 });
  process.env.PATH = [folder, path].join(delimiter);
  const cli = await ensureCli();
  const preview = new CliPreview(cli, "dev", offline, join(folder, "run"));
  await preview.open();
  const { errors } = await preview.verdict();
  const told = /Namespace switchboard is in the cluster switchboard-local already and was not made by this program\. /;
  assert.match(errors.join("\n"), told);
  assert.match(errors.join("\n"), /Choose another name with cluster\.namespace/);
});
