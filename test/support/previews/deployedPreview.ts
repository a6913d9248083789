import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CliPreview } from "../../../cli/commands/preview/cliPreview";
import { previewNeeds, standInFolder } from "../../../engine/plugins";
import { type Drifted, driftedVariable } from "./drifted";

/** The plugins of an offline preview, with those of resources in the place of which the test's stand. */
const deployedNeeds = previewNeeds.map((need) =>
  need.kind === "language"
    ? need
    : { ...need, standIn: { file: "test/support/previews/deployedPlugin.ts", args: [need.name] } },
);

/** The real `pulumi preview` of a stack that is there already, as far as its state says. */
export class DeployedPreview extends CliPreview {
  override async open(): Promise<void> {
    // Where those of the offline preview are, so that it reads as any other.
    standInFolder(deployedNeeds, join(this.folder, "plugins"));
    await super.open();
  }

  /**
   * Takes resources, as `pulumi stack export` writes them, for the stack's state: previews are then of changes to them.
   * Secrets may be in clear (`plaintext`).
   *
   * @param pending operations that an update began and never ended
   */
  async assume(resources: readonly object[], pending: readonly object[] = []): Promise<void> {
    const file = join(this.folder, "deployment.json");
    const { encryptionsalt: salt } = parse(readFileSync(this.settings(), "utf8")) as { encryptionsalt: string };
    const manifest = { time: new Date().toISOString(), magic: "", version: "" };
    const secretsProvider = { type: "passphrase", state: { salt } };
    const deployment = { manifest, secrets_providers: secretsProvider, resources, pending_operations: pending };
    writeFileSync(file, JSON.stringify({ version: 3, deployment }));
    await this.must(["stack", "import", "--stack", this.stack, "--file", file]);
  }

  /** `pulumi stack rename`; the CLI gives the settings the new name too. */
  async rename(name: string): Promise<void> {
    await this.must(["stack", "rename", name, "--stack", this.stack]);
    this.stack = name;
  }

  /** Says what is really there where it is not what the state says; a refresh finds it. */
  really(drifted: Drifted): void {
    const file = join(this.folder, "drifted.json");
    writeFileSync(file, JSON.stringify(drifted));
    this.env[driftedVariable] = file;
  }
}
