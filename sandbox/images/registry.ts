import { get } from "node:https";
import { registryHost } from "../../components/registry/reference";

/** How long a registry may take to answer, in milliseconds. A person waits for it once per run. */
const patience = 2_500;

/**
 * Whether a registry answers its API's version check (`GET /v2/`, OCI distribution specification) from this machine.
 * Only 200 and 401 count: a filtering proxy that answers 403 to everything is not a registry. Never throws.
 *
 * @param within milliseconds that it may take
 */
export function registryAnswers(host: string, within = patience): Promise<boolean> {
  if (host === "localhost" || !URL.canParse(`https://${host}/v2/`)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const request = get(`https://${host}/v2/`, { timeout: within }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 || response.statusCode === 401);
    });
    // `timeout` alone covers silence on the socket, not a name lookup that hangs.
    const deadline = setTimeout(() => request.destroy(new Error("no answer in time")), within);
    request.on("close", () => clearTimeout(deadline));
    request.on("error", () => resolve(false));
  });
}

/** Asks each registry of the references once, all at the same time. */
export async function reachableRegistries(
  references: readonly string[],
  answers: (host: string) => Promise<boolean> = registryAnswers,
): Promise<(reference: string) => boolean> {
  const hosts = [...new Set(references.map(registryHost))];
  const replies = new Map(await Promise.all(hosts.map(async (host) => [host, await answers(host)] as const)));
  return (reference) => replies.get(registryHost(reference)) ?? false;
}
