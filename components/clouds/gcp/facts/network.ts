import type { Facts } from "../../shared/facts";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import { lost } from "../../shared/facts/risk";
import { free, global, regional } from "./values";

/** By which the network of a stack that goes is found in its state. */
export const networkType = "gcp:compute/network:Network";

/** What needs the peering of a network, together with the servers behind it. */
export const connectionType = "gcp:servicenetworking/connection:Connection";

/** A network of Compute Engine and what belongs to it as a whole. */
export const network: Facts = {
  [networkType]: {
    stateful: lost.network("network"),
    price: free.network,
    answer: global("networks"),
    fixed: fixed(
      "compute/resource_compute_network.go",
      "name project autoCreateSubnetworks description internalIpv6Range networkProfile params",
      { named: "name" },
    ),
    importId: "projects/{project}/global/networks/{name}",
  },
  "gcp:compute/router:Router": {
    price: free.router,
    answer: regional("routers"),
    fixed: fixed(
      "compute/resource_compute_router.go",
      "name project region network nccGateway encryptedInterconnectRouter",
      { named: "name", sometimes: { params: isAddedOrRemoved } },
    ),
    importId: "projects/{project}/regions/{region}/routers/{name}",
  },
  [connectionType]: {
    stateful: {
      noun: "private connection",
      loss: "the managed databases behind it cannot be reached without it",
    },
    price: free.peering,
    answer: (_inputs, { preview }) => (preview ? {} : { peering: "servicenetworking-googleapis-com" }),
    fixed: fixed("servicenetworking/resource_service_networking_connection.go", "network service"),
  },
};
