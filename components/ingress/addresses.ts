import type { IngressSettings } from "./settings";

/** The origin of a public host, without the usual port. */
export function originOf(host: string, { httpsPort }: Pick<IngressSettings, "httpsPort">): string {
  return `https://${host}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
}
