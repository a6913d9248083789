/** The PEM of every authority that a server may be proved by: two while one takes over from the other. */
export function authorities(certificates: readonly { readonly cert: string }[]): string {
  return `${certificates.map(({ cert }) => cert.trim()).join("\n")}\n`;
}
