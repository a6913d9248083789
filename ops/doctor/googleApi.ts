import { execa } from "execa";
import type { GoogleAnswer } from "./model";

/** How long a question may take, and what ends it. */
interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly patience: number;
}

/** What is known of the credentials: a token, that there are none, or nothing. */
type Credentials = { readonly token: string } | "none" | "unknown";

/** Kept, so that several questions of one run fetch one token. */
let credentials: Promise<Credentials> | undefined;

/** Nobody has answered. */
const silence: GoogleAnswer = { status: 0, body: undefined };

/**
 * Asks an API of Google with the credentials that the Pulumi provider takes: `GOOGLE_OAUTH_ACCESS_TOKEN`, those of
 * `GOOGLE_APPLICATION_CREDENTIALS` or of `gcloud auth application-default login`, or the machine's own account.
 *
 * @returns undefined where there are no such credentials; status 0 where nobody answers, or nothing is known of them
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
  if (found === "unknown") return silence;
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${found.token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch {
    return silence;
  }
}

async function find(signal: AbortSignal, patience: number): Promise<Credentials> {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, GOOGLE_CREDENTIALS: key } = process.env;
  if (token) return { token };
  // A key in a variable is the provider's alone: gcloud does not take it.
  if (key) return "unknown";
  const { exitCode, stdout, cause } = await execa("gcloud", ["auth", "application-default", "print-access-token"], {
    ...{ reject: false, stdin: "ignore", timeout: patience, cancelSignal: signal },
    env: { CLOUDSDK_CORE_DISABLE_PROMPTS: "1" },
  });
  if ((cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT" || exitCode === undefined) return "unknown";
  const printed = stdout?.trim();
  return exitCode === 0 && printed ? { token: printed } : "none";
}
