import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { Eip } from "@pulumi/aws/ec2/eip";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { isZoneId } from "./settings/zones";
import { type ZoneNetworks, zoneNetworks } from "./subnets";

/** What the network is given. */
export interface NetworkArgs {
  readonly account: Account;
  readonly vpc: string;
  readonly zones: readonly string[];
  readonly natGateways: "perZone" | "one";
}

const everywhere = "0.0.0.0/0";

/**
 * The network of the cluster: public subnets for the balancer and the NAT gateways, private ones for nodes and pods, and
 * ones for databases from which nothing leads to the internet; one of each in every zone. Nodes reach S3 (where images
 * come from) without the NAT gateways, which are paid by the gigabyte. The default security group lets nothing through.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  /** One for each zone, in the order of the zones. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly dataSubnetIds: readonly pulumi.Output<string>[];
  readonly dataCidrs: readonly string[];
  /** Everything that nodes and balancers need to reach, and to be reached from, the internet. */
  readonly ready: readonly pulumi.Resource[];
  readonly #name: string;
  readonly #args: NetworkArgs;

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksNetwork", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const networks = zoneNetworks(args.vpc, args.zones);
    const vpc = this.vpc();
    const publicPart = this.publicSubnets(vpc, networks);
    const privatePart = this.privateSubnets(vpc, networks, publicPart.gateways);
    const dataPart = this.dataSubnets(vpc, networks);
    this.s3(vpc, [...privatePart.tables, dataPart.table]);

    this.vpcId = vpc.id;
    this.publicSubnetIds = publicPart.subnets.map(({ id }) => id);
    this.privateSubnetIds = privatePart.subnets.map(({ id }) => id);
    this.dataSubnetIds = dataPart.subnets.map(({ id }) => id);
    this.dataCidrs = networks.map(({ data }) => data);
    this.ready = [...publicPart.ready, ...privatePart.ready];
    this.registerOutputs({ vpcId: this.vpcId });
  }

  private vpc(): Vpc {
    const vpc = new Vpc(
      `${this.#name}-vpc`,
      {
        cidrBlock: this.#args.vpc,
        // The private endpoint of the API server, and those of databases, are names in the network's own DNS.
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: this.called("network"),
      },
      { parent: this },
    );
    new DefaultSecurityGroup(
      `${this.#name}-default-group`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: this.called("unused") },
      { parent: this },
    );
    return vpc;
  }

  private publicSubnets(vpc: Vpc, networks: readonly ZoneNetworks[]) {
    const opts = { parent: this };
    const internet = new InternetGateway(
      `${this.#name}-internet`,
      { vpcId: vpc.id, tags: this.called("internet") },
      opts,
    );
    const table = this.routeTable(vpc, "public");
    const route = new Route(
      `${this.#name}-public-route`,
      { routeTableId: table.id, destinationCidrBlock: everywhere, gatewayId: internet.id },
      opts,
    );
    const subnets = networks.map(({ zone, public: network }) =>
      // By this tag the balancer controller would find them; it is told their ids all the same.
      this.subnet(vpc, "public", zone, network, { "kubernetes.io/role/elb": "1" }),
    );
    const associations = subnets.map((subnet, index) => this.associate("public", networks[index]!.zone, subnet, table));
    const zonesWithGateway = this.#args.natGateways === "one" ? networks.slice(0, 1) : networks;
    const gateways = zonesWithGateway.map(({ zone }, index) => {
      const address = new Eip(
        `${this.#name}-nat-address-${zone}`,
        { domain: "vpc", tags: this.called(`nat ${zone}`) },
        // An address can be taken back only while the network is joined to the internet.
        { parent: this, dependsOn: [internet] },
      );
      return new NatGateway(
        `${this.#name}-nat-${zone}`,
        { allocationId: address.id, subnetId: subnets[index]!.id, tags: this.called(zone) },
        { parent: this, dependsOn: [route, associations[index]!] },
      );
    });
    return { subnets, gateways, ready: [route, ...associations] };
  }

  private privateSubnets(vpc: Vpc, networks: readonly ZoneNetworks[], gateways: readonly NatGateway[]) {
    const parts = networks.map(({ zone, private: network }, index) => {
      const table = this.routeTable(vpc, `private-${zone}`);
      const gateway = gateways[index] ?? gateways[0]!;
      const route = new Route(
        `${this.#name}-private-route-${zone}`,
        { routeTableId: table.id, destinationCidrBlock: everywhere, natGatewayId: gateway.id },
        { parent: this },
      );
      const subnet = this.subnet(vpc, "private", zone, network, { "kubernetes.io/role/internal-elb": "1" });
      return { table, subnet, ready: [route, this.associate("private", zone, subnet, table)] };
    });
    return {
      subnets: parts.map(({ subnet }) => subnet),
      tables: parts.map(({ table }) => table),
      ready: parts.flatMap(({ ready }) => ready),
    };
  }

  /** Their table has no route but the network's own. */
  private dataSubnets(vpc: Vpc, networks: readonly ZoneNetworks[]) {
    const table = this.routeTable(vpc, "data");
    const subnets = networks.map(({ zone, data }) => {
      const subnet = this.subnet(vpc, "data", zone, data, {});
      this.associate("data", zone, subnet, table);
      return subnet;
    });
    return { subnets, table };
  }

  private s3(vpc: Vpc, tables: readonly RouteTable[]): void {
    new VpcEndpoint(
      `${this.#name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${this.#args.account.region}.s3`,
        routeTableIds: tables.map(({ id }) => id),
        tags: this.called("s3"),
      },
      { parent: this },
    );
  }

  private subnet(vpc: Vpc, part: string, zone: string, network: string, tags: Record<string, string>): Subnet {
    return new Subnet(
      `${this.#name}-${part}-${zone}`,
      {
        vpcId: vpc.id,
        ...(isZoneId(zone) ? { availabilityZoneId: zone } : { availabilityZone: zone }),
        cidrBlock: network,
        mapPublicIpOnLaunch: false,
        tags: { ...this.called(`${part} ${zone}`), ...tags },
      },
      { parent: this },
    );
  }

  private routeTable(vpc: Vpc, part: string): RouteTable {
    return new RouteTable(`${this.#name}-${part}-table`, { vpcId: vpc.id, tags: this.called(part) }, { parent: this });
  }

  private associate(part: string, zone: string, subnet: Subnet, table: RouteTable): RouteTableAssociation {
    return new RouteTableAssociation(
      `${this.#name}-${part}-table-${zone}`,
      { subnetId: subnet.id, routeTableId: table.id },
      { parent: this },
    );
  }

  private called(what: string): Record<string, string> {
    return { Name: `${this.#args.account.fullName} ${what}` };
  }
}
