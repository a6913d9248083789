import { isSpokenKey } from "./keys";
import { quoteAt, quotedEnd } from "./quotes";
import { Alphabet, type Scan } from "./scan";
import { decoded, isRandom, opensNothing } from "./values";

const blank = new Alphabet(/[ \t]/);
const word = new Alphabet(/[^\s"'`<>|\p{Cc}]/u, true);
const token = new Alphabet(/[A-Za-z0-9._~+/=-]/);

/** Between a flag and its value: blanks, a continued line, or the next element of a list of JSON or YAML. */
const gap =
  /(?:["'`],?[ \t\r\n]{1,80}|["'`],|,?[ \t]{1,40}(?:\\\r?\n[ \t]{0,80})?|[ \t]{0,40}\\?\r?\n[ \t]{0,80})(?:- {1,8})?/y;

/** Short flags that take a password, by the commands that they are of. */
const passwordFlags: Readonly<Record<string, RegExp>> = {
  p: /\b(?:mysql\w{0,20}|mariadb[\w-]{0,20}|sshpass|mongo\w{0,20}|htpasswd|xfreerdp|7z|unzip)\b|\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|az|npm|oc|argocd|cf)\b.{0,300}\blogin\b/,
  a: /\bredis-cli\b|\bvalkey-cli\b/,
  w: /\bldap\w{1,20}\b/,
  P: /\b(?:sqlcmd|bcp|mssql-cli|unzip|zip)\b/,
  k: /\bopenssl\b/,
};
/** Commands whose `-a` is `user:password`. */
const authFlags = /(?:^|[\s;|&("'`])(?:http|https|xh|xhs)[ \t]/;
/** Commands whose `-u` is `user:password`. */
const userFlags = /\b(?:curl|http|https|ab|wget|xh|hey|siege)\b/;

/** Secrets on command lines and in files of words: flags, `.netrc`, SQL, `redis.conf`, and `Bearer …` without a header. */
export function findCommands(scan: Scan): void {
  scan.each(/(?<![\w-])--?[A-Za-z][\w.-]{0,60}(?=["'`,]|[ \t]|\\?\r?\n)/g, ({ index, 0: flag }) =>
    longFlag(scan, index, flag),
  );
  scan.each(/(?<=[\s"'`])-[upawPk](?=[^\s-]|[ \t]|["'`]|\\?\r?\n)/g, ({ index, 0: flag }) =>
    shortFlag(scan, index, flag[1]!),
  );
  scan.each(/(?<![A-Za-z])(?:Bearer|Basic|Negotiate)[ \t]{1,8}/gi, ({ index, 0: matched }) => {
    const from = index + matched.length;
    const end = scan.end(from, token);
    const text = scan.text.slice(from, end);
    const isIt = /^b/i.test(matched) && /^basic/i.test(matched) ? isLogin(text) : text.length >= 12 && isRandom(text);
    if (isIt) scan.mask(from, end);
    return end;
  });
  scan.each(/(?<![\w-])--(?:proxy-)?(?:user|auth)=/g, ({ index, 0: matched }) =>
    userFlags.test(scan.before(index, 300)) ? userValue(scan, index + matched.length) : undefined,
  );
  // kubectl: what a Secret is made of, whatever its keys are called.
  scan.each(/--from-literal(?:=|[ \t]{1,9})["']?[\w.-]{1,100}=/g, ({ index, 0: matched }) =>
    value(scan, index + matched.length),
  );
  // A Dockerfile, and commands that take a name and then its value.
  scan.each(/\b(?:ENV|ARG|configure[ \t]{1,9}set)[ \t]{1,9}([\w.-]{1,100})[ \t]{1,9}(?=[^\s=])/g, (match) =>
    isSpokenKey(match[1]!) ? value(scan, match.index + match[0].length) : undefined,
  );
  // What is handed to a login that reads it: `echo … | docker login --password-stdin`.
  scan.each(/\b(?:echo|printf)[ \t]{1,9}(?:-\w{1,3}[ \t]{1,9})?/g, ({ index, 0: matched }) => {
    const [rest] = scan.at(/[^\n]{0,400}/y, index) ?? [];
    return /\|[^|]{1,200}--password-stdin/.test(rest ?? "") ? value(scan, index + matched.length) : undefined;
  });
  // Go's driver of MySQL: user:password@tcp(host:port)/database.
  scan.each(/@(?:tcp|unix)\(/g, ({ index }) => {
    const from = scan.start(index, word, 300);
    const colon = scan.text.slice(from, index).indexOf(":");
    if (colon >= 0 && !opensNothing(scan.text.slice(from + colon + 1, index))) scan.mask(from + colon + 1, index);
    return undefined;
  });
  // .netrc (netrc(5)): words, on one line or several.
  scan.each(/(?<![\w.-])(?:password|account)[ \t]{1,40}(?=[^\s"'])/g, ({ index, 0: matched }) => {
    const context = scan.text.slice(Math.max(0, index - 300), index);
    scan.steps += context.length;
    return /\b(?:login|machine)\s/.test(context) ? value(scan, index + matched.length) : undefined;
  });
  // SQL.
  scan.each(
    /\b(?:password|identified[ \t]{1,9}by(?:[ \t]{1,9}password)?|identified[ \t]{1,9}with[ \t]{1,9}[\w"']{1,60}[ \t]{1,9}(?:by|as))[ \t]{1,9}(?=')/gi,
    (match) => value(scan, match.index + match[0].length),
  );
  // redis.conf and redis-cli.
  scan.each(/\b(?:requirepass|masterauth)[ \t]{1,40}/gi, ({ index, 0: matched }) =>
    value(scan, index + matched.length),
  );
  scan.each(/(?<=[ \t])[>#](?=[^\s>#])/g, ({ index }) => {
    if (!/\buser[ \t]|\bsetuser[ \t]/i.test(scan.before(index, 300))) return undefined;
    const end = scan.end(index + 1, word);
    scan.mask(index + 1, end);
    return end;
  });
  // A sentence that says it, with it in quotes, or without.
  scan.each(/\b(?:password|passphrase)[ \t]{1,9}(?=["'`])/gi, ({ index, 0: matched }) => {
    const from = index + matched.length;
    const { begin, end } = argument(scan, from);
    const text = scan.text.slice(begin, end);
    if (text.length >= 6 && !/\s/.test(text) && isRandom(text) && !opensNothing(text)) scan.mask(begin, end);
    // The closing quote may be one that opens something for another rule.
    return from;
  });
  scan.each(/\b(?:password|passphrase|secret|token)[ \t]{1,9}(?:is|was|=|:)[ \t]{1,9}/gi, ({ index, 0: matched }) => {
    const from = index + matched.length;
    const end = scan.end(from, word);
    const text = scan.text.slice(from, end);
    if (text.length >= 6 && isRandom(text) && !opensNothing(text)) scan.mask(from, end);
    return end;
  });
}

function longFlag(scan: Scan, index: number, flag: string): number | undefined {
  const name = flag.replace(/^--?/, "");
  const after = index + flag.length;
  if (/^(?:user|proxy-user|proxy-header-user)$/.test(name)) {
    return userFlags.test(scan.before(index, 300)) ? userValue(scan, behind(scan, after)) : undefined;
  }
  if (!isSpokenKey(name)) return undefined;
  // `pulumi config set --secret KEY VALUE`: the flag only says how it is kept.
  if (name === "secret" && /\bconfig[ \t]{1,9}set/.test(scan.before(index, 120))) {
    // `pulumi config set KEY --secret VALUE`.
    if (/\bset[ \t]{1,9}(?:--path[ \t]{1,9})?\w[\w.:-]{0,120}[ \t]{1,9}$/.test(scan.before(index, 160)))
      return value(scan, after);
    const [matched] = scan.at(/[ \t]{1,9}(?:--path[ \t]{1,9})?\w[\w.:-]{0,120}[ \t]{1,9}/y, after) ?? [];
    return matched ? value(scan, after + matched.length) : undefined;
  }
  // Of these the value is a file, and of those there is none.
  if (/kubeconfig$|^show-secrets?$/.test(name)) return undefined;
  const [between] = scan.at(gap, after) ?? [];
  if (between === undefined) return undefined;
  // A comma or the quote of a sentence: then it is a value only if it looks like one.
  return value(scan, after + between.length, /^[,`]/.test(between));
}

function shortFlag(scan: Scan, index: number, flag: string): number | undefined {
  const context = scan.before(index, 300);
  const after = index + 2;
  if (flag === "u") return userFlags.test(context) ? userValue(scan, behind(scan, after)) : undefined;
  if (flag === "a" && authFlags.test(context)) return userValue(scan, behind(scan, after));
  return passwordFlags[flag]?.test(context) ? value(scan, behind(scan, after)) : undefined;
}

/** Where the value of a flag begins. */
function behind(scan: Scan, after: number): number {
  return after + (scan.at(gap, after)?.[0].length ?? 0);
}

/** Masks a word or a quoted text, unless it opens nothing or is the next flag. */
function value(scan: Scan, from: number, onlyRandom = false): number | undefined {
  const { begin, end } = argument(scan, from);
  const text = scan.text.slice(begin, end);
  if (/^[-#]/.test(text) || opensNothing(text) || (onlyRandom && !isRandom(text))) return undefined;
  // `pass:…` and the like of openssl.
  scan.mask(begin + (/^pass:(?=.)/.exec(text)?.[0].length ?? 0), end);
  return end;
}

/** Masks what stands behind the colon of `user:password`. */
function userValue(scan: Scan, from: number): number | undefined {
  const { begin, end } = argument(scan, from);
  const text = scan.text.slice(begin, end);
  const colon = text.indexOf(":");
  if (colon < 0 || opensNothing(text.slice(colon + 1))) return undefined;
  scan.mask(begin + colon + 1, end);
  return end;
}

function argument(scan: Scan, from: number): { begin: number; end: number } {
  const place = scan.end(from, blank);
  const quote = quoteAt(scan, place);
  return quote ? { begin: quote.after, end: quotedEnd(scan, quote) } : { begin: place, end: scan.end(place, word) };
}

/** Whether a text is a name and a password in base64 (RFC 7617). */
function isLogin(text: string): boolean {
  if (text.length < 6) return false;
  return decoded(text)?.includes(":") === true || (text.length >= 12 && isRandom(text) && /\d/.test(text));
}
