import { referencesIn, withoutReferences } from "./references";
import { secretShape } from "./secretShapes";

/** Parts of a variable's name that make its value a secret, wherever they stand: `SECRET_KEY_BASE`, `SENTRY_DSN`. */
const secretPart =
  /(^|_)(SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|DSN|SALT|PEPPER|PRIVATE_?KEYS?|API_?KEYS?)(_|$)/i;
/** Parts that do so at the end, before a number at most: `MASTER_KEY`, `API_TOKEN_2`, `SMTP_PASS`, `ERLANG_COOKIE`. */
const secretEnd = /(^|_)(KEYS?|TOKENS?|PASS|PWD|(ERLANG|NODE)_COOKIE)(_BASE|_V?\d+)?$|(^|_)(PG|DB)PASS(WORD)?$/i;
/** Ends of names that tell something about a secret: `PASSWORD_MIN_LENGTH`, `SECRET_NAME`. */
const aboutOne =
  /_(FILE|PATH|DIR|NAME|ID|TTL|SECONDS|MINUTES|HOURS|DAYS|LENGTH|SIZE|ROUNDS|ENABLED|REQUIRED|HEADER|ISSUER|ALGORITHM)$/i;
/** Keys that every browser gets: `RECAPTCHA_SITE_KEY`, `STRIPE_PUBLISHABLE_KEY`. */
const forEverybody = /(^|_)(PUBLIC|SITE|PUBLISHABLE)_KEYS?$/i;

/** Whether a variable's name or its value, which anyone may read, looks like one that nobody should read. */
export function looksSecret(name: string, value?: unknown): boolean {
  const text = typeof value === "string" ? value : "";
  // What is put together from variables that the app has anyway tells nobody anything.
  const literal = withoutReferences(text);
  if (secretShape(literal) !== undefined || /:\/\/[^/\s:@]*:[^/\s@]+@/.test(literal)) return true;
  return (
    nameTells(name.replaceAll("-", "_")) &&
    !isCount(name, text) &&
    !/^(true|false|yes|no|on|off)$/i.test(text) &&
    !isMadeOfReferences(text, literal)
  );
}

function nameTells(name: string): boolean {
  if (forEverybody.test(name) || aboutOne.test(name)) return false;
  return secretPart.test(name) || secretEnd.test(name);
}

/** How many of them there may be: `MAX_TOKENS: "4096"`. */
function isCount(name: string, text: string): boolean {
  return /(KEYS|TOKENS)$/i.test(name) && /^\d{1,7}$/.test(text);
}

/** Beside its references there is nothing as long as a secret. */
function isMadeOfReferences(text: string, literal: string): boolean {
  return referencesIn(text).length > 0 && !/[A-Za-z0-9+=_-]{12}/.test(literal);
}
