import { Alphabet, type Scan } from "./scan";
import { isRandom } from "./values";

const word = new Alphabet(/[A-Za-z0-9_]/);
const dashed = new Alphabet(/[A-Za-z0-9_-]/);
const dotted = new Alphabet(/[A-Za-z0-9_.=-]/);
const base64 = new Alphabet(/[A-Za-z0-9+/=_-]/);
const hex = new Alphabet(/[0-9a-f]/);
const upper = new Alphabet(/[A-Z0-9]/);
const crypt = new Alphabet(/[./A-Za-z0-9$=,+:]/);

/** How a vendor's tokens look: by what they begin with they are known wherever they stand. */
interface TokenShape {
  readonly prefixes: readonly string[];
  readonly alphabet: Alphabet;
  /** Characters after the prefix; fewer make no token. */
  readonly least: number;
  /** Characters after the prefix where all have equally many. */
  readonly exactly?: number;
  /** What else has to be so. */
  readonly holds?: (rest: string) => boolean;
}

const shape = (prefixes: string, alphabet: Alphabet, least: number, more: Partial<TokenShape> = {}): TokenShape => ({
  ...{ prefixes: prefixes.split(" "), alphabet, least },
  ...more,
});

/** Vendors' tokens, each with its source. */
const shapes: readonly TokenShape[] = [
  // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  shape("ghp_ gho_ ghu_ ghs_ ghr_", word, 20),
  shape("github_pat_", word, 20),
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  shape("glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- gloas- glwt-", dotted, 16),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  shape("AKIA ASIA ABIA ACCA", upper, 16, { exactly: 16 }),
  // https://cloud.google.com/docs/authentication/api-keys, OAuth 2.0 of Google: access and refresh tokens, client secrets.
  shape("AIza", dashed, 35, { exactly: 35 }),
  shape("ya29.", dotted, 20),
  shape("1//0", dashed, 30),
  shape("GOCSPX-", dashed, 20),
  // https://docs.slack.dev/authentication/tokens
  shape("xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xoxo- xoxe.xoxp- xapp-", dashed, 10),
  // https://docs.stripe.com/keys
  shape("sk_live_ sk_test_ rk_live_ rk_test_ whsec_", word, 10),
  // https://docs.npmjs.com/about-access-tokens, https://pypi.org/help/#apitoken, https://guides.rubygems.org/api-key-scopes/
  shape("npm_", word, 30),
  shape("pypi-", dashed, 40),
  shape("rubygems_", hex, 40),
  // https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/
  shape("pul-", hex, 40, { exactly: 40 }),
  // https://www.twilio.com/docs/sendgrid/api-reference, https://www.twilio.com/docs/glossary/what-is-a-sid
  shape("SG.", dotted, 33, { holds: (rest) => rest.includes(".") }),
  shape("SK", hex, 32, { exactly: 32 }),
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  shape("dop_v1_ doo_v1_ dor_v1_", hex, 40),
  // https://github.com/C2SP/C2SP/blob/main/age.md
  shape("AGE-SECRET-KEY-1 AGE-PLUGIN-", upper, 40),
  // https://docs.docker.com/security/access-tokens/
  shape("dckr_pat_ dckr_oat_", dashed, 20),
  // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
  shape("hvs. hvb. hvr.", dotted, 20),
  // Databricks, Grafana, Hugging Face, Linear, Postman, Shopify, New Relic, Tailscale, Sentry, Doppler, Notion, Figma,
  // Atlassian, OpenAI and Anthropic, PlanetScale, Netlify, Fly, Supabase, Square, Mailgun, Terraform Cloud: as
  // https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml knows them.
  shape("dapi", hex, 32),
  shape("glsa_ glc_ hf_ lin_api_ ntn_ nfp_ nfc_ sbp_ shpat_ shpca_ shppa_ shpss_", base64, 20, { holds: isRandom }),
  shape("PMAK- NRAK- tskey- sntrys_ sntryu_ figd_ ATATT3 pscale_tkn_ pscale_pw_ sq0csp- sq0atp- fm2_", base64, 20),
  shape("dp.pt. dp.st. dp.ct. dp.sa.", dotted, 30),
  shape("sk-proj- sk-ant- sk-svcacct- sk-or- sk-", dashed, 20, { holds: isRandom }),
  shape("EAACEdEose0cBA", base64, 20),
  // RFC 7519 and 7516: the header is a JSON object in base64url, and parts are set apart by dots.
  shape("eyJ", dotted, 17, { holds: (rest) => rest.indexOf(".") > 4 }),
  // Password hashes: crypt(3), bcrypt, SCRAM of Postgres (RFC 5803), Argon2.
  shape("$2a$ $2b$ $2x$ $2y$ $5$ $6$ $y$ $argon2id$ $argon2i$ $argon2d$", crypt, 20),
  shape("SCRAM-SHA-256$ SCRAM-SHA-1$", crypt, 20, { holds: (rest) => rest.includes(":") }),
];

const byPrefix = new Map(shapes.flatMap((one) => one.prefixes.map((prefix) => [prefix, one] as const)));

/** Any prefix where a word begins: also after `%20` of an address and `\n` of a text in a text. */
const prefixes = new RegExp(
  `(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}|\\\\[nrtu]))(?:${[...byPrefix.keys()]
    .sort((a, b) => b.length - a.length)
    .map((prefix) => prefix.replace(/[.$+/]/g, "\\$&"))
    .join("|")})`,
  "g",
);

/** Vendors' tokens, JWTs and hashes of passwords. */
export function findTokens(scan: Scan): void {
  scan.each(prefixes, (match) => {
    const { alphabet, least, exactly, holds } = byPrefix.get(match[0])!;
    const begin = match.index + match[0].length;
    // One more than there may be tells a token from a longer word.
    const end = tokenEnd(scan, begin, alphabet, least, exactly);
    if (end - begin < least || (exactly !== undefined && end - begin !== exactly)) return undefined;
    // Nothing that begins within the same characters could be one where this is none.
    if (holds && !holds(scan.text.slice(begin, end))) return end;
    scan.mask(match.index, end);
    if (match[0] === "AKIA" || match[0] === "ASIA") findSecretKey(scan, end);
    return end;
  });
}

/**
 * Where a token ends. Where lines were joined, the next line is part of it while characters are missing, or where it holds
 * nothing but more of the same.
 */
function tokenEnd(scan: Scan, begin: number, alphabet: Alphabet, least: number, exactly?: number): number {
  const most = exactly === undefined ? Number.POSITIVE_INFINITY : begin + exactly + 1;
  let index = after(scan.breaks, begin - 1);
  const piece = (from: number) => scan.end(from, alphabet, Math.min(most, scan.breaks[index] ?? most) - from);
  let end = piece(begin);
  while (end === scan.breaks[index] && end < most) {
    // All of them are there: what comes is another line.
    if (exactly !== undefined && end === begin + exactly) return end;
    index++;
    const next = piece(end);
    const more = scan.text.slice(end, next);
    const goesOn = isRandom(more) || more.length >= 20;
    // A word that goes on in another alphabet is the next line of something else.
    if (exactly === undefined && end >= begin + least && (!goesOn || /[:(]/.test(scan.text[next] ?? ""))) return end;
    end = next;
  }
  return end;
}

/** Index of the first number above another one, in a list in order. */
function after(sorted: readonly number[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The secret half of a key of AWS, which has no prefix and stands beside its id. */
function findSecretKey(scan: Scan, from: number): void {
  const near = scan.text.slice(from, from + 200);
  scan.steps += near.length;
  for (const match of near.matchAll(/(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])/g)) {
    if (!/^[0-9a-f]{40}$/.test(match[0]) && isRandom(match[0])) {
      scan.mask(from + match.index, from + match.index + match[0].length);
    }
  }
}
