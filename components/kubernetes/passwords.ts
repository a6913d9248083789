import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A password of letters and digits. Without punctuation it needs no escaping in URLs, ACL files or connection strings. It
 * stays the same until `generation` or `length` changes.
 *
 * @param length characters; the usual 40 have 238 bits
 */
export function generatedPassword(
  name: string,
  generation: number,
  opts: pulumi.CustomResourceOptions,
  length = 40,
): random.RandomPassword {
  return new random.RandomPassword(
    `${name}-password`,
    { length, special: false, keepers: { generation: String(generation) } },
    opts,
  );
}
