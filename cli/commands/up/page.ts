import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../lib/userError";

/**
 * Waits until a page of this machine answers over TLS with less than a server error.
 * @param url its address; names below `localhost` are this machine, whatever the resolver says
 * @param authority PEM of the authority to trust. @default those that Node.js trusts
 * @throws UserError with the last reason when the time is over
 */
export async function waitForPage(url: string, authority: string | undefined, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const reason = await problemOf(new URL(url), authority);
    if (reason === undefined) return;
    if (Date.now() > end) {
      const todo = /certificate/.test(reason)
        ? "another stack answers at this port, because the oldest load balancer with a port gets the traffic. Destroy that stack, or give one of them another port"
        : "check the pods (kubectl get pods --all-namespaces), then run it again";
      throw new UserError(`${url} did not answer within ${seconds} s: ${reason}`, todo);
    }
    await sleep(300);
  }
}

function problemOf(url: URL, ca: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        ...{ host: "127.0.0.1", port: url.port || 443, path: url.pathname, servername: url.hostname, agent: false },
        ...{ headers: { host: url.host }, timeout: 5_000, ...(ca && { ca }) },
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(status < 500 ? undefined : `status ${status}`);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 5 s")));
    outgoing.on("error", (error) => resolve(error.message));
    outgoing.end();
  });
}
