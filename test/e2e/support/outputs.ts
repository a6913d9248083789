import { execa } from "execa";
import { repository } from "../../support/plan";
import { type Finished, npmRun, stateFolder } from "./system";

/** The stack's outputs as `pulumi stack output` gives them, secrets included. */
export interface Outputs {
  readonly panelUrl: string;
  /** The chat's WebSocket. */
  readonly chatUrl: string;
  readonly certificateAuthority: string;
  readonly firstLogin: { readonly email: string; readonly password: string };
  readonly commands: Readonly<Record<string, string>>;
}

/** Runs the Pulumi CLI that `npm run up` uses, for the dev stack. */
export function pulumi(...args: string[]): Promise<Finished> {
  return npmRun("pulumi", ["dev", ...args]);
}

/** Reads the outputs of the dev stack; what they hold is not printed. */
export async function readOutputs(): Promise<Outputs> {
  const command = ["run", "--silent", "pulumi", "--", "dev", "stack", "output", "--json", "--show-secrets"];
  const env = { SWITCHBOARD_STATE: stateFolder };
  const { stdout } = await execa("npm", command, { cwd: repository, env, stdin: "ignore" });
  return JSON.parse(stdout) as Outputs;
}
