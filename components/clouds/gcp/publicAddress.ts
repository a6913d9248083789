import { Address } from "@pulumi/gcp/compute/address";
import { RecordSet } from "@pulumi/gcp/dns/recordSet";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { GkeClusterSettings } from "./settings/cluster";

/** What the public address is given. */
export interface GkePublicAddressArgs {
  readonly project: pulumi.Input<string>;
  readonly region: string;
  readonly dnsZone: GkeClusterSettings["dnsZone"];
  /** The public host names. */
  readonly hostnames: readonly string[];
  readonly protection: Protection;
}

/** Seconds that resolvers keep a record: short enough to move to another address within an hour's work. */
const timeToLive = 300;

/**
 * The public address, which stays when the balancer or the whole cluster is made anew, and its DNS records where the
 * zone is given. A record that exists already is not taken over: the cloud refuses to make it twice.
 */
export class GkePublicAddress extends pulumi.ComponentResource {
  /** Name of the address, by which the Service asks for it. */
  readonly addressName: pulumi.Output<string>;
  /** The address itself, which the balancer holds until the namespace is gone. */
  readonly held: pulumi.Resource;

  constructor(name: string, args: GkePublicAddressArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:GkeEntrance", name, {}, opts);
    const { project, region, dnsZone } = args;
    const address = new Address(
      `${name}-address`,
      // A passthrough balancer takes a regional address of the premium tier.
      { project, region, addressType: "EXTERNAL", networkTier: "PREMIUM" },
      { parent: this, protect: args.protection.covers(`${name}-address`) },
    );
    for (const hostname of dnsZone ? inZone(args.hostnames, dnsZone.domain) : []) {
      new RecordSet(
        `${name}-${hostname}`,
        {
          project: dnsZone!.project ?? project,
          managedZone: dnsZone!.name,
          name: `${hostname}.`,
          type: "A",
          ttl: timeToLive,
          rrdatas: [address.address],
        },
        { parent: this },
      );
    }
    this.addressName = address.name;
    this.held = address;
    this.registerOutputs({ address: address.address });
  }
}

/** The host names that a zone for `domain` can hold. */
export function inZone(hostnames: readonly string[], domain: string): string[] {
  return hostnames.filter((hostname) => hostname === domain || hostname.endsWith(`.${domain}`));
}
