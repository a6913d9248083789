import { GlobalAddress } from "@pulumi/gcp/compute/globalAddress";
import { Network } from "@pulumi/gcp/compute/network";
import { Router } from "@pulumi/gcp/compute/router";
import { RouterNat } from "@pulumi/gcp/compute/routerNat";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork";
import { Connection } from "@pulumi/gcp/servicenetworking/connection";
import * as pulumi from "@pulumi/pulumi";
import { ranges } from "./names";
import type { GkeClusterSettings } from "./settings/cluster";

/** What the network is given. */
export interface GkeNetworkArgs {
  readonly project: pulumi.Input<string>;
  readonly region: string;
  readonly networks: GkeClusterSettings["network"];
}

/**
 * The network of the cluster and of the managed data beside it: one subnet with ranges of its own for pods and Services,
 * a way out by NAT, no way in. Google's own APIs, its registry among them, are reached without NAT.
 *
 * Cost: a NAT gateway is paid by the hour and node, and by the GiB that leaves; flow logs by the GiB that is kept.
 */
export class GkeNetwork extends pulumi.ComponentResource {
  /** Id of the VPC network. */
  readonly network: pulumi.Output<string>;
  /** Id of the subnet. */
  readonly subnetwork: pulumi.Output<string>;
  /** Name of the reserved range of managed services. */
  readonly managedServicesRange: pulumi.Output<string>;
  /** Managed services have addresses in this network once it is there. */
  readonly privateAccess: pulumi.Resource;
  /** Nodes pull images of other registries through it. */
  readonly nat: pulumi.Resource;

  constructor(name: string, args: GkeNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:GkeNetwork", name, {}, opts);
    const { project, region, networks } = args;
    const own = { parent: this };

    const vpc = new Network(`${name}-vpc`, { project, autoCreateSubnetworks: false, routingMode: "REGIONAL" }, own);
    const subnet = createSubnet();
    const router = new Router(`${name}-router`, { project, region, network: vpc.id }, own);
    this.nat = createNat();
    const range = createManagedServicesRange();
    this.privateAccess = createPrivateAccess();

    this.network = vpc.id;
    this.subnetwork = subnet.id;
    this.managedServicesRange = range.name;
    this.registerOutputs({ network: this.network, subnetwork: this.subnetwork });

    function createSubnet(): Subnetwork {
      return new Subnetwork(
        `${name}-subnet`,
        {
          project,
          region,
          network: vpc.id,
          ipCidrRange: networks.nodes,
          secondaryIpRanges: [
            { rangeName: ranges.pods, ipCidrRange: networks.pods },
            { rangeName: ranges.services, ipCidrRange: networks.services },
          ],
          privateIpGoogleAccess: true,
          // For the question "who talked to whom" after an incident: which pod reached which address outside, and what
          // came to the balancer. Long connections (sockets, databases) make one line in five minutes instead of one in
          // five seconds, and every second line is kept: enough to find anything that went on for a while.
          logConfig: {
            aggregationInterval: "INTERVAL_5_MIN",
            flowSampling: 0.5,
            metadata: "INCLUDE_ALL_METADATA",
          },
        },
        own,
      );
    }

    function createNat(): RouterNat {
      return new RouterNat(
        `${name}-nat`,
        {
          project,
          region,
          router: router.name,
          natIpAllocateOption: "AUTO_ONLY",
          sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
          // All pods of a node share its ports. The fixed 64 for each destination are soon gone when workers call one
          // address; so a node takes what it needs.
          enableDynamicPortAllocation: true,
          enableEndpointIndependentMapping: false,
          minPortsPerVm: 64,
          maxPortsPerVm: 4096,
          // A connection that found no port is the one thing that nothing else tells of.
          logConfig: { enable: true, filter: "ERRORS_ONLY" },
        },
        own,
      );
    }

    function createManagedServicesRange(): GlobalAddress {
      const [address, bits] = networks.managedServices.split("/") as [string, string];
      return new GlobalAddress(
        `${name}-services-range`,
        {
          project,
          network: vpc.id,
          purpose: "VPC_PEERING",
          addressType: "INTERNAL",
          address,
          prefixLength: Number(bits),
        },
        own,
      );
    }

    /**
     * The peering through which managed services get addresses in the network. It is left behind when the stack is
     * destroyed: Google refuses to delete it for days after the last Cloud SQL instance
     * (https://github.com/hashicorp/terraform-provider-google/issues/16275), and it goes with the network. What Google
     * remembers of it then refuses a new one of the same network, which `updateOnCreationFail` answers
     * (https://github.com/GoogleCloudPlatform/cluster-toolkit/pull/4744).
     */
    function createPrivateAccess(): Connection {
      return new Connection(
        `${name}-services-connection`,
        {
          network: vpc.id,
          service: "servicenetworking.googleapis.com",
          reservedPeeringRanges: [range.name],
          deletionPolicy: "ABANDON",
          updateOnCreationFail: true,
        },
        own,
      );
    }
  }
}
