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

/** The one public Service: how it is reached from outside the cluster, and what its load balancer is told. */
export const publicService = () =>
  z
    .strictObject({
      type: choice(["LoadBalancer", "NodePort"])
        .prefault("LoadBalancer")
        .describe(
          "how the proxy is reached from outside the cluster. With `NodePort` and `clientAddress.from: connection`, only nodes with a pod of the proxy answer. Other nodes would hide the client's address",
        ),
      httpsPort: port()
        .optional()
        .describe(
          "port that the Service and its load balancer listen on for HTTPS. Set it if something in front of them maps ports; default: `edge.httpsPort`",
        ),
      httpPort: port()
        .optional()
        .describe("port that the Service and its load balancer listen on for HTTP; default: `edge.httpPort`"),
      httpsNodePort: nodePort()
        .optional()
        .describe("port of every node for HTTPS, with type NodePort; default: chosen by the cluster"),
      httpNodePort: nodePort()
        .optional()
        .describe("port of every node for HTTP, with type NodePort; default: chosen by the cluster"),
      annotations: mapOf(z.string(), (name) => problemOf(() => parseAnnotationKey(name)))
        .prefault({})
        .describe("further annotations of the Service, which configure many load balancers"),
      loadBalancerClass: text(parseLoadBalancerClass)
        .optional()
        .describe(
          "class of the load balancer, if your own cluster has several, e.g. `metallb.io/metallb`. An existing Service keeps its class; default: the cluster's own choice",
        ),
      address: text(parseAddress)
        .optional()
        .describe(
          "address that the load balancer of your own cluster shall use (`loadBalancerIP`). MetalLB, kube-vip and Cilium read it; k3s uses its nodes' addresses; default: the load balancer's own choice",
        ),
      allowedSources: z
        .array(cidr())
        .prefault([])
        .describe(
          "networks of clients that the load balancer lets in (`loadBalancerSourceRanges`). An empty list lets everybody in",
        ),
      externalTrafficPolicy: choice(["Local", "Cluster"])
        .optional()
        .describe(
          "`Local` sends to nodes that run the proxy and keeps the client's address. `Cluster` sends to every node and hides it; default: what `clientAddress.from` needs",
        ),
    })
    .prefault({});
