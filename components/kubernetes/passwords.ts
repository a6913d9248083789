import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * A password of 40 letters and digits (238 bits). Without punctuation it needs no escaping in URLs, ACL files or
 * connection strings. It stays the same until `generation` changes.
 */
export function generatedPassword(
  name: string,
  generation: number,
  opts: pulumi.CustomResourceOptions,
): random.RandomPassword {
  return new random.RandomPassword(
    `${name}-password`,
    { length: 40, special: false, keepers: { generation: String(generation) } },
    opts,
  );
}
