import assert from "node:assert/strict";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execa } from "execa";
import { repository } from "../../support/plan";

/** A checkout of this repository as a pipeline's runner has it, with a history that a test writes. */
export class Checkout {
  constructor(readonly folder: string) {}

  /**
   * Copies what would be checked out, without what is installed or made here, and commits it with the tag `base`.
   *
   * @param installed whether the packages that are installed here are there too
   */
  async make(installed: boolean): Promise<void> {
    const lines = readFileSync(join(repository, ".gitignore"), "utf8").split("\n");
    const made = new Set([".git", ...lines.map((line) => basename(line))]);
    cpSync(repository, this.folder, { recursive: true, filter: (path) => !made.has(basename(path)) });
    if (installed) symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
    await this.git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(this.folder, ".git/info/exclude"), "node_modules\nreports\ncomment\n.gitlab-ci-local\n");
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message", "base");
    await this.git("tag", "base");
  }

  async git(...args: string[]): Promise<string> {
    const who = ["-c", "user.name=ada", "-c", "user.email=ada@acme.example"];
    return (await execa("git", [...who, ...args], { cwd: this.folder })).stdout;
  }

  /** A commit on top of the base, as the merge of a pull request is: its first parent is the base. */
  async commit(change: () => void): Promise<string> {
    await this.git("reset", "--quiet", "--hard", "base");
    change();
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message", "a change");
    return this.git("rev-parse", "HEAD");
  }

  /** Replaces a text in a file of the checkout, which has to be there. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.folder, file);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(from), `${from} in ${file}`);
    writeFileSync(path, text.replace(from, to));
  }
}
