/**
 * Keys that hold a secret when what they hold is a text. The last word decides: `secretName`, `keyName` and
 * `tokenExpirationSeconds` hold none.
 */
const secretKey =
  /(?:(?:password|passwd|passphrase|secret|token)|(?:^|[^a-z])(?:private_?key|access_?key|secret_?key|secret_?key_?base|api_?key|auth_?key|account_?key|shared_?key|subscription_?key|functions_?key|token_?key|signing_?key|encryption_?key|encryption_?salt|signing_?salt|key_?data|credential|auth_?string|cookie|dsn|kubeconfig|private_?key_?pem))s?$/;

/** Keys that look like it and hold none. */
const harmless = new Set(["httpTokens", "imagePullSecrets"]);

/** Whether a key says that the text under it is a secret: `adminPassword`, `MAIL_API_KEY`, `chat.token`. */
export function isSecretKey(key: string): boolean {
  if (harmless.has(key)) return false;
  const words = wordsOf(key);
  return secretKey.test(words) || /^(pg|redis|db|admin|root|user)?(pass|pwd)$/.test(words.replaceAll("_", ""));
}

/** Names that headers, addresses, connection strings and dumps of the environment have for secrets beside these. */
const spoken =
  /(?:^|_)(?:pass|pwd|pw|psk|sas|sig|signature|hmac|authtoken|_auth|accountkey|sharedaccess(?:key|signature)|requirepass|masterauth|setcookie|storepass|keypass|passin|passout|totp_seed|seed_phrase|mnemonic|identitytoken|apikey|accesskey|secretkey|privatekey|masterkey|master_key)$/;

/** Whether what stands after this key in a text, and a separator, is a secret. */
export function isSpokenKey(key: string): boolean {
  return isSecretKey(key) || spoken.test(wordsOf(key));
}

/** Keys whose values are secrets however short they are. */
export function isPasswordKey(key: string): boolean {
  return /pass|pwd|pw$/i.test(key);
}

function wordsOf(key: string): string {
  return key
    .slice(-200)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[-.\s]/g, "_");
}
