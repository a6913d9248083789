import { z } from "zod";
import { mapOf, whole } from "../../schema/fields";
import { type VariableOwner, variableNameProblem } from "../shared/environment";
import { receivers } from "./receivers";

/** Pairs of keys with which an app signs what others judge. */
export function keys(owner: Pick<VariableOwner, "tables">) {
  const pair = z.strictObject({
    generation: whole(1, 1_000_000)
      .prefault(1)
      .describe(
        "raise it by one for a new key. If the key leaked, raise it again in a second `up`. Until then the old one is accepted",
      ),
    for: receivers(),
  });
  return mapOf(
    pair,
    (name) =>
      variableNameProblem(owner, privateKeyVariable(name)) ?? variableNameProblem(owner, publicKeysVariable(name)),
  )
    .prefault({})
    .describe(
      "pairs of Ed25519 keys that the platform makes, by name. `TOKEN: {}` gives the app the private one as a file (PKCS #8 in PEM), whose path is in `TOKEN_KEY_FILE`. Apps get the public ones by `uses.keys`",
    );
}

/** The variable with the path of the private key. */
export function privateKeyVariable(name: string): string {
  return `${name}_KEY_FILE`;
}

/** The variable with the path of the public keys. */
export function publicKeysVariable(name: string): string {
  return `${name}_PUBLIC_KEYS_FILE`;
}
