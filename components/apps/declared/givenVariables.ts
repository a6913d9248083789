/** Where the settings of a declared app give variables, in this order. */
export interface GivenVariables {
  readonly env: Readonly<Record<string, unknown>>;
  readonly secretEnv: Readonly<Record<string, unknown>>;
  readonly generated: Readonly<Record<string, unknown>>;
  readonly secretFrom: Readonly<Record<string, unknown>>;
  readonly externalSecrets: Readonly<Record<string, unknown>>;
}

/** Every variable that the settings of a declared app give, by its group. */
export function givenVariables(app: GivenVariables): { readonly group: keyof GivenVariables; readonly name: string }[] {
  const { env, secretEnv, generated, secretFrom, externalSecrets } = app;
  return Object.entries({ env, secretEnv, generated, secretFrom, externalSecrets }).flatMap(([group, variables]) =>
    Object.keys(variables).map((name) => ({ group: group as keyof GivenVariables, name })),
  );
}
