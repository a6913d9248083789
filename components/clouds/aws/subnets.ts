import ipaddr from "ipaddr.js";

/** The networks of one availability zone. */
export interface ZoneNetworks {
  readonly zone: string;
  /** The balancer's and the NAT gateway's addresses. */
  readonly public: string;
  /** Nodes and pods: every pod has an address of its own here. */
  readonly private: string;
  /** Databases; nothing leads from here to the internet. */
  readonly data: string;
}

/** Parts that the network is cut into: one for the nodes of each zone, and a last one for all the small networks. */
const quarters = 4;
/** Parts of the last quarter: the public networks come first, those for data from the middle on. */
const sixteenths = 16;
const firstData = 8;

/**
 * Cuts a VPC's network into those of its zones. A quarter goes to the nodes and pods of each zone (16,382 addresses of a
 * /16, 1,022 of a /20), a sixty-fourth to each of the others (58 usable addresses of a /20: a balancer asks for 8). Where
 * a network lies depends on its zone's place in the list alone, so that a third zone can be added later.
 *
 * @param vpc a network of /16 to /20
 * @param zones two or three
 */
export function zoneNetworks(vpc: string, zones: readonly string[]): ZoneNetworks[] {
  const last = part(vpc, quarters, quarters - 1);
  return zones.map((zone, index) => ({
    zone,
    public: part(last, sixteenths, index),
    private: part(vpc, quarters, index),
    data: part(last, sixteenths, firstData + index),
  }));
}

/** One of the equal parts of a network; `count` is a power of two. */
function part(network: string, count: number, index: number): string {
  const [address, bits] = ipaddr.IPv4.parseCIDR(network);
  const prefix = bits + Math.log2(count);
  const first = address.octets.reduce((sum, octet) => sum * 256 + octet, 0) + index * 2 ** (32 - prefix);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}
