import { join } from "node:path";
import { repository } from "../../../lib/paths";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { completionScript, type Shell, shells } from "../../core/completionScripts";

/** `switchboard completion`: what a shell needs to complete commands, options, choices and stacks. */
export const command: CommandSpec = {
  name: "completion",
  summary: "print what a shell needs to complete commands, options and stacks",
  description:
    "It looks up the names of stacks at every key. If the shell has no switchboard command, the text also defines " +
    "one that starts this checkout. Then you do not need npx.",
  stack: "none",
  arguments: [{ name: "<shell>", description: "whose completion", choices: shells }],
  examples: [
    [
      "source <(npx switchboard completion bash)",
      "in bash; keep what it prints in a file that ~/.bashrc sources to have it in every shell",
    ],
    ["source <(npx switchboard completion zsh)", "in zsh, after compinit"],
    ["npx switchboard completion fish | source", "in fish"],
    ["npx switchboard completion powershell | Out-String | Invoke-Expression", "in PowerShell"],
  ],
  access: "none",
  async run({ io, arguments: given }: Invocation) {
    const shell = given.shell as Shell;
    const script = completionScript(shell, process.execPath, join(repository, "cli/bin/switchboard.cjs"));
    io.result({ shell, script }, () => [script.trimEnd()]);
    return exitCodes.ok;
  },
};
