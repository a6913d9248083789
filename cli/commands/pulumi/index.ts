import { type CommandSpec, type ExitCode, exitCodes, type Invocation } from "../../core/command";
import { UsageError } from "../../core/failure";
import { accessOf, runPulumi } from "./pulumi";

/** `switchboard pulumi`: the Pulumi CLI with the backend, passphrase and kubeconfig of `up`. */
export const command: CommandSpec = {
  name: "pulumi",
  summary: "run the Pulumi CLI with the backend, passphrase and kubeconfig of up",
  description:
    "The first word may name the stack; everything after it is the Pulumi CLI's, and its exit code is this command's. A " +
    "stack of production asks for a yes by what the CLI would do: look, or change something. Options of this command " +
    "stand before the first word.",
  arguments: [{ name: "[words...]", description: "the stack, if it is not the default one, and the CLI's own words" }],
  examples: [
    ["switchboard pulumi stack output firstLogin --show-secrets", "the first log-in of the development stack"],
    ["switchboard pulumi prod preview --diff", "what an up of production would change, as the CLI shows it"],
    ["switchboard pulumi --production prod prod stack export", "the state of production, where nobody can answer"],
  ],
  access: "write",
  accessOf: ({ rest }) => accessOf(rest),
  passThrough: true,
  async run({ target, rest }: Invocation) {
    if (rest.length === 0) throw new UsageError("no command was given", "for example: switchboard pulumi preview");
    // The last one counts for the CLI, and production was asked about for the one that was named here.
    const other = rest.find((word) => /^(--stack(=|$)|-[yjdrQ]*s)/.test(word));
    if (other) {
      throw new UsageError(
        `${other} is not passed on`,
        "name the stack before the command: switchboard pulumi STACK COMMAND",
      );
    }
    const exitCode = await runPulumi(target, rest);
    // The CLI's own exit code: whoever calls it knows what it means.
    return (exitCode === 0 ? exitCodes.ok : exitCode) as ExitCode;
  },
};
