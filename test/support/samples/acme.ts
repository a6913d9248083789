/** The smallest settings of a certificate of kind `acme`. Its hosts must be public names, which those of tests are not. */
export function sample(): Record<string, unknown> {
  return { kind: "acme", email: "platform@acme.dev", directory: "https://acme.internal/directory" };
}
