import { join } from "node:path";
import { repository } from "../../../lib/paths";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { completionScript, type Shell, shells } from "../../core/completionScripts";

/** `switchboard completion`: what a shell needs to complete commands, options, choices and stacks. */
export const command: CommandSpec = {
  name: "completion",
  summary: "print what a shell needs to complete commands, options and stacks",
  description:
    "Names of stacks are looked up at every key. In a shell that has no switchboard command the text also defines one, " +
    "which starts this checkout, so that npx is not needed.",
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
