import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";
import { Problem, show, text } from "../fields";

/** A public host name in lower case: no scheme, port, path, wildcard, address or trailing dot. */
export function parseHost(value: string): string {
  const fail = (why: string, todo = 'give the host name only, e.g. "panel.example.com"') => {
    throw new Problem(`${show(value)} ${why}; ${todo}`);
  };
  if (value === "") fail("is empty");
  if (/^[a-z]+:\/\//i.test(value)) fail("is a URL");
  if (/\s/.test(value)) fail("has a space in it");
  if (value.includes("*"))
    fail("is a wildcard", "name the host itself; a certificate may be a wildcard, a route may not");
  if (value.includes("/")) fail("has a path", "give the host name here and the path in path");
  if (isIP(value.replace(/^\[|\]$/g, ""))) fail("is an address", "certificates and routes need a host name");
  if (value.includes(":")) fail("has a port", "give the host name here and the port in edge.httpsPort");
  if (value.endsWith(".")) fail("ends with a dot", `write ${show(value.replace(/\.+$/, ""))}`);
  if (value.includes("_"))
    fail("has an underscore, which host names may not have", `did you mean ${show(value.replaceAll("_", "-"))}?`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
  if (/[^\x00-\x7f]/.test(value))
    fail("has letters outside ASCII", `write its ASCII form ${show(domainToASCII(value))}`);
  if (value.length > 253) fail(`has ${value.length} characters`, "a host name has at most 253");
  for (const label of value.split(".")) {
    if (label.length > 63) fail(`has a part of ${label.length} characters`, "each part between dots has at most 63");
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label)) {
      fail(
        `is not a host name (${show(label)})`,
        'parts have letters, digits and "-", and start and end with a letter or digit',
      );
    }
  }
  return value.toLowerCase();
}

/** NGINX takes words of up to 4096 bytes in its configuration; no address that people read comes near. */
const longestPath = 200;

/** A path prefix: `/`, or `/live` without a slash at the end. */
function parsePath(value: string): string {
  const todo = 'write e.g. "/" or "/live"';
  if (!value.startsWith("/")) throw new Problem(`${show(value)} does not start with "/"; ${todo}`);
  if (value !== "/" && value.endsWith("/"))
    throw new Problem(`${show(value)} ends with "/"; write ${show(value.replace(/\/+$/, "") || "/")}`);
  if (!/^(\/|(\/[A-Za-z0-9._~-]+)+)$/.test(value) || /\/\.\.?(\/|$)/.test(value)) {
    throw new Problem(`${show(value)} is not a plain path; ${todo}`);
  }
  if (value.length > longestPath)
    throw new Problem(`${show(value)} has ${value.length} characters; use at most ${longestPath}`);
  return value;
}

/** A network: address and prefix length, no host bits set; in the form that every program reads (RFC 5952). */
export function parseCidr(value: string): string {
  const [address = "", prefix, ...rest] = value.split("/");
  // The library alone would take short forms such as `10.1`, which are another address than they seem.
  // A zone (`fe80::1%eth0`) is of this machine, and NGINX does not know it.
  if (isIP(address) === 0 || address.includes("%") || rest.length > 0) {
    throw new Problem(`${show(value)} is not a network; write e.g. "10.0.0.0/8"`);
  }
  const family = isIP(address) === 6 ? ipaddr.IPv6 : ipaddr.IPv4;
  const width = family === ipaddr.IPv6 ? 128 : 32;
  if (prefix === undefined) throw new Problem(`${show(value)} has no prefix length; did you mean "${value}/${width}"?`);
  if (!/^\d+$/.test(prefix) || Number(prefix) > width) {
    throw new Problem(`${show(value)} has prefix length ${show(prefix)}; use 0 to ${width}`);
  }
  const network = family.networkAddressFromCIDR(value);
  if (family.parse(address).toNormalizedString() !== network.toNormalizedString()) {
    throw new Problem(`${show(value)} has host bits set; did you mean "${network.toString()}/${Number(prefix)}"?`);
  }
  return `${network.toString()}/${Number(prefix)}`;
}

/** Whether a network, as `parseCidr` gives it, holds an address. */
export function holds(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match([network, bits] as never);
}

/** NGINX counts in thousandths of a request, in a number that far more than this does not fit. */
const mostRequests = 1_000_000;

/** A limit of requests in NGINX' words: `5r/m`, `10r/s`. */
function parseRate(value: string): string {
  const todo = "use e.g. 5r/s or 30r/m";
  const match = /^(\d+)r\/([sm])$/.exec(value);
  if (!match) throw new Problem(`${show(value)} is not a rate; ${todo}`);
  if (Number(match[1]) === 0) throw new Problem(`${show(value)} would refuse every request; ${todo}`);
  if (Number(match[1]) > mostRequests) throw new Problem(`${show(value)} is no limit; use at most ${mostRequests}r/s`);
  return value;
}

const bodyUnits = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;
/** NGINX keeps it in a signed number of 64 bits (`off_t`). */
const tooManyBytes = 2 ** 63;

/** Bytes of a size in NGINX' words, e.g. `10m`. */
export function bodyBytes(size: string): number {
  return Number(size.slice(0, -1)) * bodyUnits[size.at(-1) as keyof typeof bodyUnits];
}

/** A size in NGINX' words: `10m`, `512k`, `1g`. */
function parseBodySize(value: string): string {
  if (/^\d+[kmg]$/.test(value) && bodyBytes(value) > 0) {
    if (bodyBytes(value) < tooManyBytes) return value;
    throw new Problem(`${show(value)} is more than NGINX can count; use e.g. "10m"`);
  }
  const near = /^0*([1-9]\d*)\s*([kmg])(i?b|i)?$/i.exec(value);
  if (near) throw new Problem(`${show(value)} is not a size; did you mean "${near[1]}${near[2]!.toLowerCase()}"?`);
  throw new Problem(`${show(value)} is not a size; use e.g. "10m" (mebibytes), "512k" or "1g"`);
}

/**
 * Room for headers in NGINX' words: a power of two, because NGINX takes it in pages of memory, from its own default to four
 * times what Node.js takes (16 KiB, `--max-http-header-size`).
 */
const headerSizes = ["4k", "8k", "16k", "32k", "64k"] as const;

/** @throws Problem */
function parseHeaderSize(value: string): string {
  if ((headerSizes as readonly string[]).includes(value)) return value;
  throw new Problem(`${show(value)} is no room for headers; use one of ${headerSizes.join(", ")}`);
}

export const host = () => text(parseHost);
export const path = () => text(parsePath);
export const cidr = () => text(parseCidr);
export const rate = () => text(parseRate);
export const bodySize = () => text(parseBodySize);
export const headerSize = () => text(parseHeaderSize);
