import { Alphabet, type Scan } from "./scan";

/** What an address may be made of where nobody has escaped it: everything but blanks, quotes and angle brackets. */
const run = new Alphabet(/[^\s"'`<>\p{Cc}]/u, true);
const scheme = new Alphabet(/[A-Za-z0-9+.-]/);

/** Schemes whose user information is a person's name and password, so that a slash or a port in it is the password's. */
const databases =
  /^(?:postgres(?:ql)?|pgsql|mysql|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|ecto|ftps?|sftp|smtps?|ldaps?|nats|kafka|clickhouse|cassandra|couchbase|neo4j|bolt|mqtts?|jdbc|cockroachdb)(?:\+[\w.]{1,20})?$/i;

/** Addresses that let everybody post who knows them: what stands after these is the secret. */
const hooks: readonly RegExp[] = [
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\//gi,
  // https://docs.discord.com/developers/resources/webhook
  /(?:discord|discordapp)\.com\/api\/(?:v\d{1,3}\/)?webhooks\//gi,
  // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
  /(?:\.webhook\.office\.com\/webhookb2|outlook\.office(?:365)?\.com\/webhook)\//gi,
  /api\.telegram\.org\/bot/gi,
  /hooks\.zapier\.com\/hooks\/catch\//gi,
  /events\.pagerduty\.com\/integration\//gi,
  /maker\.ifttt\.com\/trigger\//gi,
];

/** Passwords in addresses, tokens in the place of a user's name, and webhooks. */
export function findUrls(scan: Scan): void {
  for (const hook of hooks) {
    scan.each(hook, (match) => {
      const from = match.index + match[0].length;
      const to = scan.end(from, run);
      scan.mask(from, to);
      return to;
    });
  }
  scan.each(/:\/\//g, ({ index }) => {
    const end = scan.end(index + 3, run);
    for (let place = index; place < end; ) {
      const isDatabase = databases.test(scan.text.slice(scan.start(place, scheme, 32), place));
      const next = Math.min(scan.next("://", place + 3), end);
      const at = scan.next("@", place + 3);
      // A password that holds `://` makes two of one address: it goes on to the `@`.
      if (isDatabase && at > next && at < end && findUserInfo(scan, place + 3, end, true)) return end;
      findUserInfo(scan, place + 3, next, isDatabase);
      place = next;
    }
    return end;
  });
}

/** @returns whether there was any */
function findUserInfo(scan: Scan, from: number, to: number, isDatabase: boolean): boolean {
  // Nothing that has no `@` is read, so that it may be asked of the same characters again.
  if (scan.next("@", from) >= to) return false;
  const text = scan.text.slice(from, to);
  scan.steps += text.length;
  const at = lastAt(text);
  if (at < 0 || text.startsWith("[")) return false;
  const colon = text.indexOf(":");
  const slash = text.search(/[/?#]/);
  if (colon < 0 || colon > at) {
    // https://TOKEN@host: a name of nobody.
    const isToken = at >= 20 && (slash < 0 || slash > at) && /\d/.test(text.slice(0, at));
    if (isToken) scan.mask(from, from + at);
    return isToken;
  }
  if (!isDatabase) {
    // The colon is of a path or of a port; what comes later is no user's.
    if (slash >= 0 && slash < colon) return false;
    if (/^\d{1,5}[/?#]/.test(text.slice(colon + 1, colon + 8))) return false;
  }
  // `$(PGPASSWORD)` and `${PGPASSWORD}` are filled in where they are read, and say nothing here.
  if (!/^\$(?:\(\w{1,80}\)|\{\w{1,80}\})$/.test(text.slice(colon + 1, at))) scan.mask(from + colon + 1, from + at);
  return true;
}

/** The `@` that ends the user information: the last one, unless the query has one of its own. */
function lastAt(text: string): number {
  const query = text.search(/\?[\w.-]{1,60}=/);
  const before = query < 0 ? -1 : text.lastIndexOf("@", query);
  return before >= 0 ? before : text.lastIndexOf("@");
}
