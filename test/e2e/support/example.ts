import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import { repository } from "../../support/plan";
import { Visitor } from "./client";
import type { Outputs } from "./outputs";
import { switchboard } from "./switchboard";
import { type Finished, isOwnState, kubectlIn, nodes, npmRun, stateFolder } from "./system";

/** One of `examples/` on this suite's nodes, brought up, released and destroyed as a person would. */
export class Example {
  readonly #copy: string;
  readonly #made: string[] = [];

  constructor(readonly name: string) {
    this.#copy = join(repository, `Pulumi.${name}.yaml`);
  }

  up(): Promise<Finished> {
    // Nodes of somebody else stay as many as they are.
    return npmRun("up", [this.name, ...(isOwnState ? ["--nodes", String(nodes)] : [])]);
  }

  /**
   * Makes a second version of an image: its sources with a change, in a folder beside them that the stack then names.
   *
   * @param change gets the text of the file, and gives that of the second version
   */
  secondVersion(app: string, file: string, change: (text: string) => string): void {
    const document = parseDocument(readFileSync(this.#copy, "utf8"));
    const path = ["config", "switchboard:apps", app, "image", "source"];
    const first = String(document.getIn(path));
    const second = `${first}-second`;
    const folder = join(repository, second);
    cpSync(join(repository, first), folder, { recursive: true });
    this.#made.push(folder);
    const changed = join(folder, file);
    const text = readFileSync(changed, "utf8");
    if (change(text) === text) throw new Error(`${file} has no such text`);
    writeFileSync(changed, change(text));
    document.setIn(path, second);
    writeFileSync(this.#copy, document.toString());
  }

  /** Where an app of the stack is, and whom to trust. */
  async address(app: string): Promise<{ readonly url: string; readonly authority: string }> {
    const { urls, certificateAuthority } = await this.#outputs();
    return { url: urls[app]!, authority: certificateAuthority };
  }

  async visitor(app: string): Promise<Visitor> {
    const { url, authority } = await this.address(app);
    return new Visitor(url, authority);
  }

  /** Where the panel and the chat are, in the words of a stack that has them with code of their own; secrets included. */
  async panelAndChat(): Promise<Outputs> {
    const { urls, firstLogins, ...outputs } = await this.#outputs();
    return { ...outputs, panelUrl: new URL(urls.panel!).origin, chatUrl: urls.chat!, firstLogin: firstLogins.panel };
  }

  async #outputs(): Promise<any> {
    const args = ["run", "--silent", "pulumi", "--", this.name, "stack", "output", "--json", "--show-secrets"];
    const env = { SWITCHBOARD_STATE: stateFolder };
    const { stdout } = await execa("npm", args, { cwd: repository, env, stdin: "ignore" });
    return JSON.parse(stdout);
  }

  /** A command of `switchboard` for this stack. */
  switchboard(...args: readonly string[]) {
    return switchboard(...args, "--stack", this.name);
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectlIn(this.name, ...args);
  }

  /** Destroys the stack and forgets it. */
  async destroy(): Promise<Finished> {
    const end = await npmRun("pulumi", [this.name, "destroy", "--yes", "--skip-preview", "--remove"]);
    this.forget();
    return end;
  }

  /** Takes away what it made in the repository, also what a run that was killed has left. */
  forget(): void {
    rmSync(this.#copy, { force: true });
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}
