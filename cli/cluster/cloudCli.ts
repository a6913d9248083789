import { execa } from "execa";
import type { Run } from "../../components/clouds/shared/deployed";

/** Asks a cloud's own CLI, which answers within a minute or not at all, and never asks back. */
export const askCloudCli: Run = async (program, args) => {
  const env = { CLOUDSDK_CORE_DISABLE_PROMPTS: "1" };
  return (await execa(program, args, { stdin: "ignore", timeout: 60_000, env })).stdout;
};
