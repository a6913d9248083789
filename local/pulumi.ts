import { findEngine } from "./engine";
import { kubeconfigFile } from "./nodes";
import { Refusal, runMain } from "./support/refusal";
import { Stack } from "./support/stack";
import { readTarget, stacks } from "./target";

/**
 * `npm run pulumi -- [STACK] COMMAND …`: the Pulumi CLI that `npm run up` uses, with the same backend, passphrase and
 * kubeconfig, for a stack (`dev` unless named first).
 */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const named = stacks().includes(args[0] ?? "");
  const command = named ? args.slice(1) : args;
  if (command.length === 0) throw new Refusal("no command was given", "for example: npm run pulumi -- preview");
  const target = readTarget(named ? args[0]! : "dev");
  const stack = new Stack(await findEngine({ cloud: target.cloud }), {
    ...target,
    environment: target.local ? { KUBECONFIG: kubeconfigFile } : {},
  });
  await stack.open();
  process.exitCode = await stack.passOn(command);
}

if (require.main === module) runMain(main);
