import { execa } from "execa";
import { pulumiCommand } from "../../../local/pulumi";
import { repository } from "../../support/plan";
import "./system";

/** The stack's outputs as `pulumi stack output` gives them, secrets included. */
export interface Outputs {
  readonly panelUrl: string;
  readonly chatUrl: string;
  readonly certificateAuthority: string;
  readonly firstLogin: { readonly email: string; readonly password: string };
  readonly commands: Readonly<Record<string, string>>;
}

/** Runs the Pulumi CLI as `npm run up` does. */
export async function pulumi(...args: string[]): Promise<{ exitCode: number; output: string }> {
  const { executable, env } = await pulumiCommand("dev");
  const result = await execa(executable, args, { cwd: repository, env, all: true, reject: false, stdin: "ignore" });
  return { exitCode: result.exitCode ?? -1, output: result.all ?? "" };
}

/** Reads the outputs of the dev stack. */
export async function readOutputs(): Promise<Outputs> {
  const { output, exitCode } = await pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets");
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output.slice(output.indexOf("{"))) as Outputs;
}
