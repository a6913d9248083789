import { isIP } from "node:net";
import { z } from "zod";
import { choice, mapOf, Problem, problemOf, show, text, whole } from "../../schema/fields";
import { cidr } from "../../schema/values/network";
import { parseAnnotationKey, parseLoadBalancerClass } from "../../schema/values/serviceWords";

/** A TCP port. */
export const port = () => whole(1, 65535);
/** Ports that the API server hands out for NodePort unless it is told otherwise (`--service-node-port-range`). */
const nodePort = () => whole(30000, 32767);

function parseAddress(value: string): string {
  if (isIP(value) !== 0 && !value.includes("%")) return value;
  throw new Problem(`${show(value)} is not an address; write e.g. "192.0.2.10", without port and prefix length`);
}

/** The one public Service: how it is reached from outside the cluster, and what its balancer is told. */
export const publicService = () =>
  z
    .strictObject({
      type: choice(["LoadBalancer", "NodePort"])
        .prefault("LoadBalancer")
        .describe(
          "how the proxy is reached from outside the cluster; with NodePort and `clientAddress.from: connection` a node answers only while it runs a pod of the proxy, because it would hide the client's address otherwise",
        ),
      httpsPort: port()
        .optional()
        .describe(
          "port that the Service and its balancer listen on for HTTPS; another one than clients use where something before it maps ports; default: `edge.httpsPort`",
        ),
      httpPort: port()
        .optional()
        .describe("port that the Service and its balancer listen on for HTTP; default: `edge.httpPort`"),
      httpsNodePort: nodePort()
        .optional()
        .describe("port of every node for HTTPS, with type NodePort; default: chosen by the cluster"),
      httpNodePort: nodePort()
        .optional()
        .describe("port of every node for HTTP, with type NodePort; default: chosen by the cluster"),
      annotations: mapOf(z.string(), (name) => problemOf(() => parseAnnotationKey(name)))
        .prefault({})
        .describe("further annotations of the Service, by which many balancers are told what they shall be"),
      loadBalancerClass: text(parseLoadBalancerClass)
        .optional()
        .describe(
          "which of several balancers of a cluster of one's own gives the address, e.g. `metallb.io/metallb`; a Service that is there keeps the one it was made with; default: the cluster's own choice",
        ),
      address: text(parseAddress)
        .optional()
        .describe(
          "address that the balancer of a cluster of one's own shall give (`loadBalancerIP`, which MetalLB, kube-vip and Cilium read; k3s gives its nodes'); default: the balancer's own choice",
        ),
      allowedSources: z
        .array(cidr())
        .prefault([])
        .describe(
          "networks of clients that the balancer lets in (`loadBalancerSourceRanges`); an empty list lets everybody in",
        ),
      externalTrafficPolicy: choice(["Local", "Cluster"])
        .optional()
        .describe(
          "`Local` sends to nodes that run the proxy and keeps the client's address; `Cluster` to every node, and hides it; default: what keeps the address as `clientAddress.from` needs it",
        ),
    })
    .prefault({});
