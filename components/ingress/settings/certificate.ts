import { readFileSync } from "node:fs";
import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { Problem, show, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { Secret } from "../../schema/secret";
import { absolute } from "../../schema/values/paths";
import { parseChain, parseKey } from "../../schema/values/pem";
import { words } from "../../schema/values/words";

/** Days before its end at which a self-signed certificate is made anew by the next `up`. */
export const renewalDays = 30;

/** What `kind` says of all kinds; the reference shows it once. */
export const certificateKindMeaning =
  "`selfSigned`: made by the stack's own authority, which you can add to your trusted ones. `provided`: your own PEM. `acme`: cert-manager gets and renews it from an ACME authority such as Let's Encrypt";

/** A certificate of the stack's own authority. */
export const selfSignedCertificate = (_context: SettingsContext) =>
  z.strictObject({
    kind: z.literal("selfSigned").describe(certificateKindMeaning),
    validityDays: whole(renewalDays + 1, 825, " days")
      .prefault(90)
      .describe(`days that the certificate is valid; replaced ${renewalDays} days before its end by the next \`up\``),
  });

/** A certificate that the user has, as PEM text or files. */
export const providedCertificate = (context: SettingsContext) =>
  z.strictObject({
    kind: z.literal("provided").describe(certificateKindMeaning),
    certificate: pem(context, parseChain).describe(
      "PEM of the certificate and the authorities between it and the root, in that order; or `{file: path}`",
    ),
    key: pem(context, (text) => new Secret(parseKey(text))).describe(
      "PEM of its private key, not encrypted, stored with `--secret`; or `{file: path}`",
    ),
  });

/** PEM text, or the file that holds it. The text is never shown. */
function pem<T>(context: SettingsContext, parse: (text: string) => T) {
  const form = "give PEM text, or {file: path}";
  return z
    .union(
      [z.string(), z.strictObject({ file: words().describe("in the map: path from the repository's root or `~/…`") })],
      {
        error: (issue) => (issue.input === undefined ? undefined : `is neither text nor a file; ${form}`),
      },
    )
    .transform((value, issues): T => {
      try {
        return parse(typeof value === "string" ? value : readText(absolute(value.file, context)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        issues.addIssue({ code: "custom", path: typeof value === "string" ? [] : ["file"], message: error.message });
        return z.NEVER;
      }
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Problem(
      `${show(path)} cannot be read (${(error as NodeJS.ErrnoException).code}); name a file that is there and readable`,
    );
  }
}

export type SelfSignedCertificateSettings = SettingsOf<typeof selfSignedCertificate>;
export type ProvidedCertificateSettings = SettingsOf<typeof providedCertificate>;
