import type { RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import type { ProgramRun } from "./programRun";

/**
 * The command line and environment of a policy pack: what the official Node.js language host passes to the SDK's
 * runner. The pack runs in its own folder, as it does with the CLI's older `pulumi-analyzer-policy`.
 *
 * @param request the engine's request; its arguments end with the engine's address
 * @param runner path of the SDK's `cmd/run-policy-pack`
 */
export function analyzerRun(request: RunPluginRequest, runner: string): ProgramRun {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const env = request.getEnvList().map((entry) => {
    const equals = entry.indexOf("=");
    return [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  // Before the address come flags such as -v=9, which are the language host's.
  const address = request.getArgsList().filter((argument) => !argument.startsWith("-"));
  return { args: [runner, ...address, folder], env: Object.fromEntries(env), cwd: folder };
}
