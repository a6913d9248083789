import type { StateEntry } from "../../shared/deployed";
import { facts } from "../facts";

/**
 * The words of `aws` that wait until something that was begun is ready: reading it earlier finds it without address and
 * keys. Undefined for what is ready at once.
 *
 * @param usual what its provider was set up with: the region
 */
export function waitFor(
  { type, inputs = {} }: StateEntry,
  usual: Readonly<Record<string, unknown>>,
): string[] | undefined {
  const wait = facts[type]?.wait;
  if (!wait) return undefined;
  const region = inputs.region ?? usual.region;
  return [
    "aws",
    ...wait.words.split(" "),
    ...Object.entries(wait.flags).flatMap(([flag, input]) => [flag, String(inputs[input])]),
    ...(typeof region === "string" ? ["--region", region] : []),
  ];
}
