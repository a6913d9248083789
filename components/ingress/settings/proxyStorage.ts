import { bodyBytes } from "../../schema/values/network";
import { formatBytes, parseBytes, usualTmpSize } from "../../schema/values/resources";

/** What of the edge decides how much NGINX writes to `/tmp`. */
export interface ProxyStorage {
  readonly limits: { readonly bodySize: string; readonly requestsPerAddress: number };
  readonly resources: { readonly tmpSize?: string | undefined };
}

const mebi = 2 ** 20;
/** One address fills no more of a node's disk than this, unless four of the largest requests are more. */
const mostTmpBytes = 2 ** 30;

/** The largest of some sizes in NGINX' words, and `limits.bodySize`; what is undefined has that one. */
function largestBody(limits: ProxyStorage["limits"], sizes: readonly (string | undefined)[]): string {
  return sizes.reduce<string>((largest, size) => {
    return size !== undefined && bodyBytes(size) > bodyBytes(largest) ? size : largest;
  }, limits.bodySize);
}

/**
 * What NGINX' `/tmp` may hold: as the settings say, else the largest request on every connection that one address may
 * have, because NGINX keeps a request there until it is whole.
 */
export function proxyTmpSize(
  { limits, resources }: ProxyStorage,
  routes: readonly { readonly bodySize?: string | undefined }[] = [],
): string {
  if (resources.tmpSize) return resources.tmpSize;
  const body = bodyBytes(
    largestBody(
      limits,
      routes.map(({ bodySize }) => bodySize),
    ),
  );
  const wished = Math.max(body * limits.requestsPerAddress, parseBytes(usualTmpSize));
  const bytes = Math.min(wished, Math.max(mostTmpBytes, 4 * body));
  return formatBytes(Math.ceil(bytes / mebi) * mebi);
}
