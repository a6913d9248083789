/** Texts that are secrets wherever they stand. None of the patterns can take long on any text. */
const shapes: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/],
  ["an access key of AWS", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["an API key of Google", /\bAIza[0-9A-Za-z_-]{35}/],
  ["a token of GitHub", /\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60})/],
  ["a token of GitLab", /\bglpat-[0-9A-Za-z_-]{20}/],
  ["a token of Slack", /\bxox[abprs]-[0-9A-Za-z-]{10}/],
  ["a key of Stripe", /\b[rs]k_live_[0-9A-Za-z]{16}/],
  ["a key of SendGrid", /\bSG\.[0-9A-Za-z_-]{20,24}\.[0-9A-Za-z_-]{40}/],
  ["a token of npm", /\bnpm_[0-9A-Za-z]{36}/],
  ["an address that lets everybody post", /\bhooks\.slack\.com\/services\/\w|\bdiscord(app)?\.com\/api\/webhooks\/\d/],
  ["a JSON web token", /\beyJ[0-9A-Za-z_-]{8,400}\.eyJ[0-9A-Za-z_-]{8,1000}\.[0-9A-Za-z_-]{8}/],
  ["an address with a password in it", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'$]{0,64}:[^\s:/@"'$]{3,128}@/i],
  [
    "a connection string with a password",
    /;\s{0,9}(password|pwd|accountkey|sharedaccesskey)\s{0,9}=\s{0,9}[^\s;$"'][^;$]{2}/i,
  ],
];

/** What kind of secret a text is; undefined for what looks like none. */
export function secretShape(text: string): string | undefined {
  return shapes.find(([, pattern]) => pattern.test(text))?.[0];
}
