import { isIP, isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
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

/** A path prefix: `/`, or `/chat` without a slash at the end. */
export function parsePath(value: string): string {
  const todo = 'write e.g. "/" or "/chat"';
  if (!value.startsWith("/")) throw new Problem(`${show(value)} does not start with "/"; ${todo}`);
  if (value !== "/" && value.endsWith("/"))
    throw new Problem(`${show(value)} ends with "/"; write ${show(value.replace(/\/+$/, "") || "/")}`);
  if (!/^(\/|(\/[A-Za-z0-9._~-]+)+)$/.test(value) || /\/\.\.?(\/|$)/.test(value)) {
    throw new Problem(`${show(value)} is not a plain path; ${todo}`);
  }
  return value;
}

/** A network: address and prefix length, no host bits set. */
export function parseCidr(value: string): string {
  const [address = "", prefix, ...rest] = value.split("/");
  const width = isIP(address) === 6 ? 128 : 32;
  const isAddress = isIP(address) !== 0;
  if (!isAddress || rest.length > 0) throw new Problem(`${show(value)} is not a network; write e.g. "10.0.0.0/8"`);
  if (prefix === undefined) throw new Problem(`${show(value)} has no prefix length; did you mean "${value}/${width}"?`);
  const length = Number(prefix);
  if (!/^\d+$/.test(prefix) || length > width) {
    throw new Problem(`${show(value)} has prefix length ${show(prefix)}; use 0 to ${width}`);
  }
  const bits = addressBits(address);
  const network = length === 0 ? 0n : (bits >> BigInt(width - length)) << BigInt(width - length);
  if (network !== bits) {
    throw new Problem(`${show(value)} has host bits set; did you mean "${formatAddress(network, width)}/${length}"?`);
  }
  return value;
}

function addressBits(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(":"),
  );
  const [before = "", after] = plain.split("::");
  const left = before ? before.split(":") : [];
  const right = after ? after.split(":") : [];
  const zeros = after === undefined ? [] : new Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function formatAddress(bits: bigint, width: number): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(16 * (7 - index))) & 0xffffn).toString(16));
  // The URL parser writes IPv6 in its short form (RFC 5952).
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/** A limit of requests in NGINX' words: `5r/m`, `10r/s`. */
export function parseRate(value: string): string {
  const todo = "use e.g. 5r/s or 30r/m";
  const match = /^(\d+)r\/([sm])$/.exec(value);
  if (!match) throw new Problem(`${show(value)} is not a rate; ${todo}`);
  if (Number(match[1]) === 0) throw new Problem(`${show(value)} would refuse every request; ${todo}`);
  return value;
}

/** A size in NGINX' words: `10m`, `512k`, `1g`. */
export function parseBodySize(value: string): string {
  const match = /^(\d+)([kmg])$/.exec(value);
  if (match && Number(match[1]) > 0) return value;
  const near = /^0*([1-9]\d*)\s*([kmg])(i?b|i)?$/i.exec(value);
  if (near) throw new Problem(`${show(value)} is not a size; did you mean "${near[1]}${near[2]!.toLowerCase()}"?`);
  throw new Problem(`${show(value)} is not a size; use e.g. "10m" (mebibytes), "512k" or "1g"`);
}

export const host = () => text(parseHost);
export const path = () => text(parsePath);
export const cidr = () => text(parseCidr);
export const rate = () => text(parseRate);
export const bodySize = () => text(parseBodySize);
