import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { Secret } from "../../schema/secret";
import { parseChain, parseKey } from "../../schema/values/pem";
import { pemText } from "../../schema/values/pemText";

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
    certificate: pemText(context, parseChain).describe(
      "PEM of the certificate and the authorities between it and the root, in that order; or `{file: path}`",
    ),
    key: pemText(context, (text) => new Secret(parseKey(text))).describe(
      "PEM of its private key, not encrypted, stored with `--secret`; or `{file: path}`",
    ),
  });

export type SelfSignedCertificateSettings = SettingsOf<typeof selfSignedCertificate>;
export type ProvidedCertificateSettings = SettingsOf<typeof providedCertificate>;
