import { type ExecFileException, execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What of an object tells whose it is. */
export interface FoundObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string };
}

/** A cluster that could not be asked, with the reason in one line. */
export class LookupError extends Error {}

/** Longest that one look may take. */
const limitSeconds = 30;

/**
 * Looks for an object. It asks kubectl, which proves itself to a cluster in every way that the
 * provider can: credential plugins, proxies, certificates. The kubeconfig is in a file of this user's alone meanwhile.
 *
 * @param kubeconfig its text; its current context is used
 * @param kind `Namespace`, or with version and group: `ClusterIssuer.v1.cert-manager.io`
 * @param namespace of an object that has one
 * @returns undefined where there is no such object, or no such kind
 * @throws LookupError when the cluster could not be asked
 */
export async function findObject<Found extends FoundObject = FoundObject>(
  kubeconfig: string,
  kind: string,
  name: string,
  namespace?: string,
): Promise<Found | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-look-"));
  try {
    const file = join(folder, "kubeconfig");
    await writeFile(file, kubeconfig, { mode: 0o600 });
    const text = await kubectl(
      ...[`--kubeconfig=${file}`, `--request-timeout=${limitSeconds - 5}s`],
      ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
      ...["get", kind, name, "--ignore-not-found", "--output=json"],
    );
    return text.trim() === "" ? undefined : (JSON.parse(text) as Found);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Offline previews have a kubeconfig of a name that leads nowhere (RFC 2606); they say so themselves. */
export function leadsNowhere(kubeconfig: string): boolean {
  return /server"?: *"?https:\/\/[a-z.]+\.invalid\b/.test(kubeconfig);
}

function kubectl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: limitSeconds * 1000, maxBuffer: 16 * 1024 * 1024 };
    execFile("kubectl", [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      // The definition of a custom kind may be made by the same `up`.
      if (/the server doesn't have a resource type|no matches for kind/.test(stderr)) return resolve("");
      reject(new LookupError(reasonOf(error, stderr)));
    });
  });
}

function reasonOf(error: ExecFileException, stderr: string): string {
  if (error.code === "ENOENT") return "kubectl is not installed (https://kubernetes.io/docs/tasks/tools/)";
  if (error.killed) return `no answer within ${limitSeconds} s`;
  // The last line is kubectl's own; the ones before are of its attempts.
  return stderr.trim().split("\n").at(-1) || error.message;
}
