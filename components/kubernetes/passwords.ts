import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A password of letters and digits. Without punctuation it needs no escaping in URLs, ACL files or connection strings. It
 * stays the same until `generation` or `length` changes. Each generation is a resource of its own, which goes at the end
 * of an `up` that no longer names it: whoever goes back after a failed `up` gets the password that is still in use.
 *
 * @param length characters; the usual 40 have 238 bits
 * @param succeeds whether it takes over what stacks of earlier releases have, where one resource stood for all
 *   generations. Of several generations in one stack one may
 */
export function generatedPassword(
  name: string,
  generation: number,
  opts: pulumi.CustomResourceOptions,
  { length = 40, succeeds = true }: { readonly length?: number; readonly succeeds?: boolean } = {},
): random.RandomPassword {
  return new random.RandomPassword(
    `${name}-password-g${generation}`,
    { length, special: false, keepers: { generation: String(generation) } },
    succeeds ? pulumi.mergeOptions(opts, { aliases: [{ name: `${name}-password` }] }) : opts,
  );
}
