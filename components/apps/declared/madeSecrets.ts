import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentVariable, MountedFiles } from "../../contracts";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import type { KeyPairs } from "../shared/keyPairs";
import { acceptedVariable, generatedVariable } from "./generated";
import { privateKeyVariable } from "./keys";
import { isFor } from "./receivers";
import { createGenerated } from "./secretResources";
import type { DeclaredApp } from "./settings";
import { variableWord } from "./variableWord";

/** What the secrets of an app that the platform makes are made of. */
export interface MadeSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  readonly app: Pick<DeclaredApp, "generated" | "keys" | "firstLogin">;
  /** The pairs of keys of the app, by their names in `keys`. */
  readonly pairs: Readonly<Record<string, KeyPairs>>;
}

/** What some pods of an app are given. */
export interface Handed {
  readonly environment: readonly EnvironmentVariable[];
  readonly files: readonly MountedFiles[];
  readonly ready: readonly pulumi.Resource[];
}

/** The secrets of an app that the platform makes. */
export interface MadeSecrets {
  /** Variables of all of its pods. */
  readonly shared: Readonly<Record<string, pulumi.Output<string>>>;
  /** What pods of a component get beside them. */
  readonly of: (component: string) => Handed;
  /** The account that the app makes by itself, a secret. */
  readonly firstLogin: pulumi.Output<{ readonly email: string; readonly password: string }> | undefined;
}

/** Whether it has a Secret of its own: what does not use it neither sees it nor rolls with it. */
function isApart({ file, for: names }: DeclaredApp["generated"][string]): boolean {
  return file || names !== undefined;
}

/** Creates the secrets that nobody had to invent. */
export function createMadeSecrets(
  app: string,
  { namespace, labels, app: settings, pairs }: MadeSecretsArgs,
  opts: pulumi.ComponentResourceOptions,
): MadeSecrets {
  const values = createGenerated(app, settings.generated, opts);
  const shared = Object.entries(values)
    .filter(([name]) => !isApart(settings.generated[name]!))
    .flatMap(([name, { value, accepted }]): [string, pulumi.Output<string>][] => [
      [name, value],
      ...(accepted ? [[acceptedVariable(name, {}), accepted] as [string, pulumi.Output<string>]] : []),
    ]);
  const { firstLogin } = settings;
  const apart = [
    ...Object.entries(settings.generated)
      .filter(([, one]) => isApart(one))
      .map(([name, one]) => ({ name, ...one, variable: generatedVariable(name, one), ...values[name]! })),
    ...Object.entries(settings.keys).map(([name, one]) => {
      return {
        name,
        ...one,
        file: true,
        variable: privateKeyVariable(name),
        value: pairs[name]!.privateKey,
        accepted: undefined,
      };
    }),
  ].map((one) => {
    const word = variableWord(one.variable);
    const { value, accepted } = one;
    const given = { value, ...(accepted && { accepted }) };
    const stored = new VersionedSecret(`${app}-own-${word}`, { namespace, labels, values: given }, opts);
    const variables = { [one.variable]: "value", ...(accepted && { [acceptedVariable(one.name, one)]: "accepted" }) };
    return { ...one, word, stored, variables };
  });
  return {
    shared: Object.fromEntries(shared),
    of,
    firstLogin:
      firstLogin &&
      pulumi.secret(pulumi.output({ email: firstLogin.email, password: values[firstLogin.password]!.value })),
  };

  function of(component: string): Handed {
    const handed = apart.filter((one) => isFor(one, component));
    const folder = (variable: string) => `/run/secrets/own/${variable}`;
    return {
      environment: handed.flatMap(({ variable, variables, file, stored }) =>
        Object.entries(variables).map(([name, key]) =>
          file ? { name, value: `${folder(variable)}/${key}` } : { name, secret: stored.ref(key) },
        ),
      ),
      files: handed
        .filter(({ file }) => file)
        .map(({ variable, word, stored }) => ({ name: `own-${word}`, path: folder(variable), source: stored.source })),
      ready: handed.flatMap(({ stored }) => stored.ready),
    };
  }
}
