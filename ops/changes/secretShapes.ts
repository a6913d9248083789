import { secret } from "../resources/resource";

/**
 * Keys that hold a secret when what they hold is a text. The last word decides: `secretName`, `keyName` and
 * `tokenExpirationSeconds` hold none.
 */
const secretKey =
  /(?:^|[^a-z])(?:password|passwd|passphrase|secret|token|private_?key|access_?key|secret_?key|api_?key|auth_?key|token_?key|signing_?key|encryption_?key|key_?data|credential|auth_?string|cookie|dsn|kubeconfig|private_?key_?pem)s?$/;

/** Keys that look like it and hold none. */
const harmless = new Set(["httpTokens", "imagePullSecrets"]);

/** Whether a key says that the text under it is a secret: `adminPassword`, `MAIL_API_KEY`, `chat.token`. */
export function isSecretKey(key: string): boolean {
  if (harmless.has(key)) return false;
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[-.\s]/g, "_");
  return secretKey.test(words) || /^(pg|redis|db|admin|root|user)?(pass|pwd)$/.test(words.replaceAll("_", ""));
}

/** Whether a text names a secret that is elsewhere and is none itself. */
export function isReference(text: string): boolean {
  return /^(projects\/[\w-]+\/|arn:aws[\w-]*:(secretsmanager|ssm|iam|kms):)/.test(text);
}

/** Texts that open something, whatever stands around them. Each has its source. */
const shapes: readonly RegExp[] = [
  // RFC 7468; a key that was cut off is a key all the same.
  /-----BEGIN (?:[A-Z0-9 ]+ )?PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END (?:[A-Z0-9 ]+ )?PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g,
  // RFC 7519: header and claims are JSON objects, in base64url.
  /\beyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
  // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g,
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  /\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_-]{20,}/g,
  // Google API keys and OAuth tokens; Slack; Stripe; npm; Pulumi; SendGrid; age.
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bya29\.[A-Za-z0-9_-]{20,}/g,
  /\bGOCSPX-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\b[srw]k_(?:live|test)_[A-Za-z0-9]{10,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bpul-[0-9a-f]{40}\b/g,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/g,
  // Password hashes: crypt(3), bcrypt, SCRAM of Postgres (RFC 5803), Argon2.
  /\$(?:2[abxy]|5|6|y)\$[./A-Za-z0-9$=,]{20,}/g,
  /SCRAM-SHA-(?:1|256)\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+/g,
  /\$argon2(?:id|i|d)\$[^\s"']{20,}/g,
];

/** Texts of which a part opens something: what stands before it, the part, and what stands after it. */
const parts: readonly RegExp[] = [
  // RFC 3986, section 3.2.1: scheme://user:password@host.
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>]*:)([^\s@"'<>]+)(@)/gi,
  /(\b(?:Bearer|Basic)\s+)([A-Za-z0-9._~+/-]{12,}=*)()/gi,
  // password=… of connection strings, AccountKey=… of Azure, --token=… of command lines.
  /((?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|accountkey|access[_-]?key|private[_-]?key)["']?=["']?)([^\s"'&;,]{4,})()/gi,
  // "password": "…" of JSON.
  /("[\w.-]*(?:password|passwd|passphrase|secret|token|private[_-]?key|api[_-]?key|access[_-]?key|auth)"\s*:\s*")((?:[^"\\]|\\.)+)(")/gi,
  // password: … of YAML, one value on its line.
  /(^[ \t-]*["']?[\w.-]*(?:password|passwd|passphrase|secret|token|private[_-]?key|api[_-]?key|access[_-]?key|client-key-data)["']?:[ \t]+)(\S+)([ \t]*$)/gim,
  // requirepass and masterauth of redis.conf, and its users.
  /(^[ \t]*(?:requirepass|masterauth)[ \t]+)(\S+)()/gim,
  /(^[ \t]*user[ \t]+\S+[ \t][^\n]*?[>#])([^\s]+)()/gim,
];

/** A text with everything masked that looks like a secret; all of it where it is one. */
export function withoutShapes(text: string): string {
  // Most texts are short words: nothing that opens something is shorter than this.
  if (text.length < 8 || text === secret) return text;
  if (isKubeconfig(text)) return secret;
  let result = text;
  for (const shape of shapes) result = result.replace(shape, secret);
  for (const part of parts) result = result.replace(part, `$1${secret}$3`);
  return result.replace(/\bLS0tLS1CRUdJTi[A-Za-z0-9+/=\s]{20,}/g, (encoded) =>
    Buffer.from(encoded, "base64").includes("PRIVATE KEY") ? secret : encoded,
  );
}

/** Whether a text is a kubeconfig that says how to log in, as YAML or JSON. */
export function isKubeconfig(text: string): boolean {
  return (
    /["']?kind["']?\s*:\s*["']?Config\b/.test(text) &&
    /["']?users["']?\s*:/.test(text) &&
    /["']?clusters["']?\s*:/.test(text)
  );
}
