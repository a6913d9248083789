import { join, resolve } from "node:path";

/** The folder of the policy pack. */
export const policyPack = join(resolve(__dirname, "../.."), "review/policyPack");

/** What `pulumi preview` and `pulumi up` are given so that the engine asks the rules. */
export function policyPackFlags(): string[] {
  return ["--policy-pack", policyPack];
}
