import ipaddr from "ipaddr.js";
import { Problem, show, text } from "../fields";

/** Networks that are used by something that a cluster's nodes always have, with its name. */
const takenElsewhere = { "172.17.0.0/16": "Docker's default bridge on every node" } as const;
/** Addresses that are nobody's on the internet (RFC 1918), and those of carriers (RFC 6598), which clouds allow. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** A network of private IPv4 addresses as `10.0.0.0/16`, with a prefix length between two bounds. */
export function privateCidr(largest: number, smallest: number) {
  return text((value) => parsePrivateCidr(value, largest, smallest));
}

/** The checked text. @throws Problem */
function parsePrivateCidr(value: string, largest: number, smallest: number): string {
  const form = `use a private network of /${largest} to /${smallest}, e.g. "10.64.0.0/${largest}"`;
  if (!ipaddr.IPv4.isValidCIDR(value)) throw new Problem(`${show(value)} is not an IPv4 network; ${form}`);
  const [, bits] = ipaddr.IPv4.parseCIDR(value);
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(value).toString()}/${bits}`;
  if (network !== value) throw new Problem(`${show(value)} has host bits set; use ${show(network)}`);
  if (bits < largest || bits > smallest) {
    throw new Problem(`${show(value)} is too ${bits < largest ? "large" : "small"}; ${form}`);
  }
  if (!privateNetworks.some((outer) => contains(outer, value))) {
    throw new Problem(`${show(value)} is not private; ${form}`);
  }
  return value;
}

/** Whether the first network holds the whole second one. */
export function contains(outer: string, inner: string): boolean {
  const [address, bits] = ipaddr.IPv4.parseCIDR(inner);
  const range = ipaddr.IPv4.parseCIDR(outer);
  return bits >= range[1] && address.match(range);
}

/** Whether two networks have an address in common. */
export function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/**
 * What is wrong between networks that must be apart: one sentence for each pair that overlaps.
 * @param networks key to network
 */
export function overlaps(networks: Readonly<Record<string, string>>): { key: string; message: string }[] {
  const all = Object.entries(networks);
  const pairs = all.flatMap(([key, network], index) =>
    all
      .slice(0, index)
      .filter(([, other]) => overlap(network, other))
      .map(([otherKey, other]) => ({
        key,
        message: `${show(network)} overlaps ${otherKey} ${show(other)}; use networks that have no address in common`,
      })),
  );
  const taken = all.flatMap(([key, network]) =>
    Object.entries(takenElsewhere)
      .filter(([other]) => overlap(network, other))
      .map(([other, what]) => ({ key, message: `${show(network)} overlaps ${other}, ${what}; use another network` })),
  );
  return [...pairs, ...taken];
}
