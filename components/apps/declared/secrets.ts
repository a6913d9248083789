import { z } from "zod";
import { choice, mapOf, Problem, show, text } from "../../schema/fields";
import { words } from "../../schema/values/words";
import { type VariableOwner, variableNameProblem } from "../shared/environment";

/** The name of an object of Kubernetes: a DNS subdomain. */
const objectName = () =>
  text((value) => {
    if (value.length > 253 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(value))
      throw new Problem(
        `${show(value)} is not the name of an object; use lower-case letters, digits, "-" and ".", at most 253`,
      );
    return value;
  });

/** A key of a Secret. */
const secretKey = () =>
  text((value) => {
    if (!/^[A-Za-z0-9._-]{1,253}$/.test(value))
      throw new Problem(`${show(value)} is not a key of a Secret; use letters, digits, "-", "_" and "."`);
    return value;
  });

/** Variables from Secrets that somebody else keeps in the namespace. */
export function secretFrom(owner: Pick<VariableOwner, "tables">) {
  const reference = z.strictObject({
    secret: objectName().describe("name of a Secret that somebody else keeps in the namespace"),
    key: secretKey().describe("key of it that holds the value"),
  });
  return mapOf(reference, (name) => variableNameProblem(owner, name))
    .prefault({})
    .describe(
      "further variables from Secrets that are in the namespace already. A pod waits until its Secret is there",
    );
}

/** Variables from a store outside of the cluster, which the External Secrets Operator reads. */
export function externalSecrets(owner: Pick<VariableOwner, "tables">) {
  const reference = z.strictObject({
    store: z.strictObject({
      kind: choice(["SecretStore", "ClusterSecretStore"])
        .prefault("SecretStore")
        .describe("where the store is declared: in the namespace, or for the cluster"),
      name: objectName().describe("name of the store that the operator reads"),
    }),
    key: words().describe("what the value is called in the store (`remoteRef.key`)"),
    property: words().optional().describe("part of it, where it has several (`remoteRef.property`)"),
    version: words().optional().describe("version of it (`remoteRef.version`); default: the newest"),
  });
  return mapOf(reference, (name) => variableNameProblem(owner, name))
    .prefault({})
    .describe(
      "further variables that the External Secrets Operator reads from a store, by an ExternalSecret (`external-secrets.io/v1`). The cluster must have the operator",
    );
}
