import { Eip } from "@pulumi/aws/ec2/eip";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Record as DnsRecord } from "@pulumi/aws/route53/record";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../contracts";
import type { Account } from "./account";
import type { BalancerPlace } from "./traits";

/** What the public address is given. */
export interface PublicAddressArgs {
  readonly account: Account;
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  readonly zones: readonly string[];
  /** One for each zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly hostnames: readonly string[];
  /** Networks of clients that are let in; an empty list lets everybody in. */
  readonly allowedSources: readonly string[];
  readonly dnsZone: { readonly id: string } | undefined;
  readonly protection: Protection;
}

/** Pods listen above the ports that only root may have. */
const podPorts = { fromPort: 1024, toPort: 65535, ipProtocol: "tcp" };

/**
 * What the public balancer stands on: one fixed address in each zone, DNS records that lead to them, and who may come in.
 * The security group is made here and not by the controller, so that the controller needs no right to change any, and no
 * group of its own is left when the stack goes.
 */
export class PublicAddress extends pulumi.ComponentResource {
  readonly place: BalancerPlace;
  /** What the balancer holds on to for some minutes after it is gone: it must go later than the cluster. */
  readonly held: readonly pulumi.Resource[];
  readonly #name: string;
  readonly #group: SecurityGroup;

  constructor(name: string, args: PublicAddressArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksEntrance", name, {}, opts);
    this.#name = name;
    const addresses = args.zones.map(
      (zone) =>
        new Eip(
          `${name}-address-${zone}`,
          { domain: "vpc", tags: { Name: `${args.account.fullName} entrance ${zone}` } },
          { parent: this, protect: args.protection.covers(`${name}-address-${zone}`) },
        ),
    );
    this.#group = this.securityGroup(args);
    if (args.dnsZone) this.records(args.dnsZone.id, args.hostnames, addresses);
    this.place = {
      addressIds: addresses.map(({ allocationId }) => allocationId),
      subnetIds: args.subnetIds,
      securityGroupId: this.#group.id,
      isProtected: args.protection.covers("namespace-namespace"),
    };
    this.held = [...addresses, this.#group];
    this.registerOutputs({ addresses: addresses.map(({ publicIp }) => publicIp) });
  }

  /** Lets the balancer reach the pods. */
  admitTo(podSecurityGroupId: pulumi.Input<string>): pulumi.Resource {
    return new SecurityGroupIngressRule(
      `${this.#name}-to-pods`,
      {
        securityGroupId: podSecurityGroupId,
        referencedSecurityGroupId: this.#group.id,
        description: "Public balancer to the pods that it sends to",
        ...podPorts,
      },
      { parent: this },
    );
  }

  private securityGroup(args: PublicAddressArgs): SecurityGroup {
    const group = new SecurityGroup(
      `${this.#name}-group`,
      {
        vpcId: args.vpcId,
        description: `Public balancer of ${args.account.fullName}`,
        tags: { Name: `${args.account.fullName} entrance` },
      },
      { parent: this },
    );
    const admitted = {
      https: { fromPort: 443, toPort: 443, ipProtocol: "tcp" },
      http: { fromPort: 80, toPort: 80, ipProtocol: "tcp" },
      // "Fragmentation needed": without it a path that takes only smaller packets hangs.
      "path-mtu": { fromPort: 3, toPort: 4, ipProtocol: "icmp" },
    };
    // Packets too large for a path are told by routers on it, wherever they are.
    const sources = (what: string) => (what === "path-mtu" ? [] : args.allowedSources);
    for (const [what, ports] of Object.entries(admitted)) {
      const rule = (name: string, cidrIpv4: string, who: string) =>
        new SecurityGroupIngressRule(
          `${this.#name}-${name}`,
          { securityGroupId: group.id, cidrIpv4, ...ports, description: `${who}, ${what}` },
          { parent: this },
        );
      if (sources(what).length === 0) rule(what, "0.0.0.0/0", "Everyone");
      // The controller leaves the Service's own list aside where it is given a security group.
      for (const cidr of sources(what)) rule(`${what}-${cidr.replaceAll(/[./]/g, "-")}`, cidr, cidr);
    }
    new SecurityGroupEgressRule(
      `${this.#name}-out`,
      { securityGroupId: group.id, cidrIpv4: args.vpcCidr, description: "Pods", ...podPorts },
      { parent: this },
    );
    return group;
  }

  private records(zoneId: string, hostnames: readonly string[], addresses: readonly Eip[]): void {
    for (const host of hostnames) {
      new DnsRecord(
        `${this.#name}-record-${host}`,
        { zoneId, name: host, type: "A", ttl: 60, records: addresses.map(({ publicIp }) => publicIp) },
        { parent: this },
      );
    }
  }
}
