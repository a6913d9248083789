import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, Problem, show, text } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { email } from "../../schema/values/words";
import { certificateKindMeaning } from "./certificate";

/** The directories of Let's Encrypt (https://letsencrypt.org/docs/acme-protocol-updates, /docs/staging-environment). */
export const letsEncrypt = {
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
  production: "https://acme-v02.api.letsencrypt.org/directory",
} as const;

/** An ACME authority: one of Let's Encrypt, or the address of another one's directory. */
export interface AcmeDirectory {
  /** `other` is an authority of which nothing is known: its rules and whom it certifies are its own. */
  readonly authority: keyof typeof letsEncrypt | "other";
  readonly url: string;
}

/** @throws Problem */
function parseDirectory(value: string): AcmeDirectory {
  const form = "use staging or production (Let's Encrypt), or the https:// address of another ACME directory";
  const known = Object.keys(letsEncrypt) as (keyof typeof letsEncrypt)[];
  const authority = known.find((name) => value === name || value === letsEncrypt[name]);
  if (authority) return { authority, url: letsEncrypt[authority] };
  if (!URL.canParse(value)) throw new Problem(`${show(value)} is not an ACME directory; ${form}`);
  const url = new URL(value);
  if (url.protocol !== "https:") throw new Problem(`${show(value)} is not encrypted; ${form}`);
  if (url.username || url.password) throw new Problem(`has a user or password in it; ${form}`);
  return { authority: "other", url: value };
}

/** A certificate that cert-manager asks an ACME authority for and renews in its place. */
export const acmeCertificate = (_context: SettingsContext) =>
  z.strictObject({
    kind: z.literal("acme").describe(certificateKindMeaning),
    email: email().describe("e-mail address of the account at the authority, for its notices"),
    directory: text(parseDirectory)
      .prefault("staging")
      .describe(
        "the authority: `staging` or `production` of Let's Encrypt, or the `https://` address of another ACME directory. Browsers do not trust `staging`. Use it to try everything out without using up limits",
      ),
    challenge: choice(["http01", "dns01"])
      .prefault("http01")
      .describe(
        "how you prove that a host name is yours: `http01` by an answer on port 80, `dns01` by a record in `cluster.dnsZone`",
      ),
    certManager: choice(["install", "present"])
      .prefault("install")
      .describe(
        "`install`: this stack installs cert-manager and owns it; `present`: the cluster has it, in namespace `cert-manager`",
      ),
  });

export type AcmeCertificateSettings = SettingsOf<typeof acmeCertificate>;
