import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentVariable, Place } from "../../contracts";
import { generatedPassword } from "../../kubernetes/passwords";
import { knownGenerations } from "../shared/generations";
import type { DeclaredApp } from "./settings";

/** A value that the platform makes. */
export interface GeneratedValue {
  readonly value: pulumi.Output<string>;
  /** Those of other generations that are accepted beside it, separated by commas, if any are. */
  readonly accepted: pulumi.Output<string> | undefined;
}

/** Makes the values that nobody had to invent, by the variables that get them. */
export function createGenerated(
  name: string,
  generated: DeclaredApp["generated"],
  opts: pulumi.CustomResourceOptions,
): Record<string, GeneratedValue> {
  return Object.fromEntries(
    Object.entries(generated).map(([variable, { generation, length, overlap }]) => {
      const made = (number: number) =>
        generatedPassword(`${name}-${variable}`, number, opts, { length, succeeds: number === generation }).result;
      const others = knownGenerations(generation).filter((number) => number !== generation);
      return [
        variable,
        {
          value: made(generation),
          accepted: overlap ? pulumi.all(others.map(made)).apply((values) => values.join(",")) : undefined,
        },
      ];
    }),
  );
}

/** What the secrets of an app that are kept elsewhere are made of. */
export interface SecretsArgs {
  readonly place: Pick<Place, "namespace" | "kinds">;
  readonly labels: Record<string, string>;
  readonly app: Pick<DeclaredApp, "secretFrom" | "externalSecrets">;
}

/** Variables whose values are kept elsewhere. */
export interface KeptSecrets {
  readonly environment: readonly EnvironmentVariable[];
  readonly ready: readonly pulumi.Resource[];
}

/** The kind that the External Secrets Operator brings. */
const externalSecret = {
  group: "external-secrets.io",
  version: "v1",
  kind: "ExternalSecret",
  plural: "externalsecrets",
};

/**
 * The variables of an app that come from Secrets of somebody else, and from one that the External Secrets Operator keeps.
 * A pod with one that is not there waits, and Kubernetes names the Secret in what it waits for.
 */
export function createKeptSecrets(
  name: string,
  { place, labels, app }: SecretsArgs,
  opts: pulumi.CustomResourceOptions,
): KeptSecrets {
  const external = Object.entries(app.externalSecrets);
  const kept = `${name}-external`;
  const created = external.length > 0 ? [createExternalSecret()] : [];
  const environment = [
    ...Object.entries(app.secretFrom).map(([variable, { secret, key }]) => reference(variable, secret, key)),
    ...external.map(([variable]) => reference(variable, kept, variable)),
  ];
  return { environment: environment.sort((a, b) => (a.name < b.name ? -1 : 1)), ready: created };

  function createExternalSecret(): CustomResource {
    return new CustomResource(
      kept,
      {
        apiVersion: `${externalSecret.group}/${externalSecret.version}`,
        kind: externalSecret.kind,
        metadata: { name: kept, namespace: place.namespace, labels },
        spec: {
          target: { name: kept, creationPolicy: "Owner" },
          data: external.map(([secretKey, { store, key, property, version }]) => ({
            secretKey,
            sourceRef: { storeRef: { kind: store.kind, name: store.name } },
            remoteRef: { key, ...(property && { property }), ...(version && { version }) },
          })),
        },
      },
      {
        ...opts,
        ...place.kinds.guard(kept, externalSecret, {
          key: `apps.${name}.externalSecrets`,
          bringer: "the External Secrets Operator (https://external-secrets.io), 0.16 or newer",
          instead: "use secretEnv or secretFrom",
        }),
      },
    );
  }
}

/** The name of such a Secret stays when its value changes. */
function reference(name: string, secretName: string, key: string): EnvironmentVariable {
  return { name, secret: { secretName, currentName: secretName, key } };
}
