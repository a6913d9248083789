import { join } from "node:path";
import { repository } from "./plan";

/** The folder of the policy pack. */
export const policyPack = join(repository, "review/policyPack");

/** What `pulumi preview` and `pulumi up` are given so that the engine asks the rules. */
export function policyPackFlags(): string[] {
  return ["--policy-pack", policyPack];
}
