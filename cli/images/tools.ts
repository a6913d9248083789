import { execa } from "execa";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import type { Command } from "./builders";

/** Runs the programs of this machine that build and bring images. */
export class Tools {
  /** @param output where their own output goes; stderr for a command whose stdout is its result */
  constructor(
    private readonly report: (line: string) => void,
    private readonly stream: "stdout" | "stderr",
  ) {}

  /** What a command prints; undefined where it fails. */
  async output([program, ...args]: Command): Promise<string | undefined> {
    const { failed, stdout } = await execa(program, args, { reject: false, stdin: "ignore", timeout: 30_000 });
    return failed ? undefined : stdout;
  }

  /** Runs a command whose output a person sees. @throws UserError where it fails */
  async call([program, ...args]: Command): Promise<void> {
    this.report(`$ ${program} ${args.join(" ")}`);
    const { failed, exitCode, signal } = await execa(program, args, {
      cwd: repository,
      stdio: ["inherit", this.stream === "stdout" ? 1 : 2, "inherit"],
      reject: false,
      // The Dockerfiles mount secrets, which Docker before 23 does only with BuildKit chosen.
      env: { DOCKER_BUILDKIT: "1" },
    });
    if (failed) {
      throw new UserError(
        `${program} ${args.find((word) => !word.startsWith("-"))} ended with ${exitCode === undefined ? signal : `exit code ${exitCode}`}`,
        "its output above says why; correct that and run this again, finished steps are quick",
      );
    }
  }
}
