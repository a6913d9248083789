import { execa } from "execa";
import { complaint } from "../../components/clouds/shared/doctor/ask";
import type { GoogleAnswer } from "../../components/clouds/shared/doctor/model";

/** How long a question may take, and what ends it. */
interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly patience: number;
}

/** A token, that there are no credentials, or why nothing is known of them. */
type Credentials = { readonly token: string } | "none" | { readonly unknown: string };

/** Kept, so that several questions of one run fetch one token. */
let credentials: Promise<Credentials> | undefined;

/** What the provider takes and `gcloud` does not: whoever is asked with `gcloud`'s token is asked of somebody else. */
const provider = [
  ...["GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON"],
  "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
];

/** How `gcloud` says that there are none; it fails likewise where it cannot refresh those that there are. */
const absence = /default credentials (were not found|are not available)|automatically determine credentials/i;

/** Nobody could be asked. */
const silence = (why: string): GoogleAnswer => ({ status: 0, body: why });

/**
 * Asks an API of Google with the credentials that the Pulumi provider takes: `GOOGLE_OAUTH_ACCESS_TOKEN`, those of
 * `GOOGLE_APPLICATION_CREDENTIALS` or of `gcloud auth application-default login`, or the machine's own account.
 *
 * @returns undefined where there are certainly no such credentials; status 0 where nobody answers, or nothing is known of
 * them
 */
export async function askGoogle(
  method: "GET" | "POST",
  url: string,
  body: unknown,
  { signal, patience }: Patience,
): Promise<GoogleAnswer | undefined> {
  credentials ??= find(signal, patience);
  const found = await credentials;
  if (found === "none") return undefined;
  if ("unknown" in found) return silence(found.unknown);
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${found.token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch {
    return silence(`${new URL(url).host} does not answer`);
  }
}

async function find(signal: AbortSignal, patience: number): Promise<Credentials> {
  const theirs = provider.find((name) => process.env[name]);
  if (theirs) return { unknown: `they are those of ${theirs}, which gcloud does not take` };
  const token = process.env.GOOGLE_OAUTH_ACCESS_TOKEN;
  if (token) return { token };
  const { exitCode, stdout, stderr, cause, timedOut } = await execa(
    "gcloud",
    ["auth", "application-default", "print-access-token"],
    {
      ...{ reject: false, stdin: "ignore", timeout: patience, cancelSignal: signal },
      env: { CLOUDSDK_CORE_DISABLE_PROMPTS: "1" },
    },
  );
  if ((cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return { unknown: "gcloud is not installed" };
  if (timedOut) return { unknown: "gcloud does not answer" };
  const printed = stdout?.trim();
  if (exitCode === 0 && printed) return { token: printed };
  if (absence.test(stderr ?? "")) return "none";
  return { unknown: complaint("gcloud", { exitCode: exitCode ?? 1, stdout: "", stderr: stderr ?? "" }) };
}
