import { block } from "./nginxText";

/** Seconds after which a client may try again where nothing better is known. */
const retrySeconds = 5;

/**
 * Whether the upstream answered at all. NGINX says 502 of one that refuses or breaks off, and of one whose answer it
 * cannot take, such as headers that do not fit; the second is the same the next time. The last attempt counts.
 */
export function pageMaps(): string[] {
  return [
    block("map $upstream_bytes_received $upstream_spoke", "default 0;", '"~(^|[ ,:])[1-9][0-9]*$" 1;'),
    block("map $upstream_spoke $unavailable_retry", `0 ${retrySeconds};`, "default '';"),
  ];
}

/**
 * Which page NGINX shows for what it says itself. What an app answers goes on as it is.
 *
 * @param limitedSeconds when a client whose requests are limited may try again
 */
export function pagesOf(limitedSeconds = retrySeconds): string[] {
  return [
    "error_page 502 = @bad_gateway;",
    "error_page 503 504 = @unavailable;",
    `error_page 429 @${limitedName(limitedSeconds)};`,
  ];
}

const limitedName = (seconds: number) => `limited_${seconds}`;

/**
 * The pages themselves.
 *
 * @param headers lines that every answer of the server has; a location with headers of its own forgets the server's
 * @param limitedSeconds every number that `pagesOf` was given
 */
export function pageLocations(headers: readonly string[], limitedSeconds: readonly number[]): string[] {
  const page = (name: string, ...body: string[]) =>
    block(`location @${name}`, "default_type text/html;", ...headers, ...body);
  const retry = (seconds: number | string) => `add_header Retry-After ${seconds} always;`;
  return [
    page("unavailable", retry(retrySeconds), `return 503 '${unavailable}';`),
    page(
      "bad_gateway",
      retry("$unavailable_retry"),
      // `return` is one of the two things that may be in an `if` of a location.
      block("if ($upstream_spoke)", `return 502 '${unusable}';`),
      `return 503 '${unavailable}';`,
    ),
    ...[...new Set([retrySeconds, ...limitedSeconds])].map((seconds) =>
      page(limitedName(seconds), retry(seconds), `return 429 '${tooMany}';`),
    ),
  ];
}

/** A page without anything from outside, in quotes of NGINX' configuration: it may have no `'` and no `$`. */
function pageText(title: string, text: string, head = ""): string {
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `${head}<title>${title}</title>`,
    "<style>body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0 2rem;",
    "color-scheme:light dark}main{max-width:28rem}</style>",
    `<main><h1>${title}</h1><p>${text}</p></main></html>`,
  ].join("");
}

/** Shown while nothing behind the proxy answers. It loads itself again, and says nothing about what is behind. */
const unavailable = pageText(
  "One moment",
  "The service is starting or is busy. This page tries again by itself.",
  `<meta http-equiv="refresh" content="${retrySeconds}">`,
);

/** Shown for an answer that NGINX cannot pass on. It does not load itself again: the next answer would be the same. */
const unusable = pageText(
  "Something went wrong",
  "The service gave an answer that cannot be shown. If it stays so, please tell the people who run it.",
);

const tooMany = pageText("Too many requests", "Too much has come from your network at once. Please try again shortly.");
