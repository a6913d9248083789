import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Place, PodIdentity, PublicServiceWords } from "../contracts";
import { type ReleaseLabels, selectorLabels, standardLabels } from "../naming";
import type { EdgeSettings } from "../settings";
import { ports } from "./nginxConf";

/** What the public Service is given. */
export interface PublicServiceArgs {
  readonly name: string;
  readonly place: Place;
  readonly identity: PodIdentity;
  readonly release: ReleaseLabels;
  readonly settings: Pick<EdgeSettings, "service" | "clientAddress">;
  /** The cluster's words for a Service that is public. */
  readonly words: PublicServiceWords;
}

/**
 * The one public Service. How a balancer is asked for is the cluster's word (`traits`); on a cluster without one the
 * settings say `NodePort`, because a balancer that nobody gives would stay Pending. With `NodePort` a connection that ends
 * on a node without the proxy would come from that node's address; where the client's address is read from the
 * connection, such a node therefore refuses it (`Local`).
 */
export function publicService(args: PublicServiceArgs, opts: pulumi.CustomResourceOptions): core.Service {
  const { name, place, words } = args;
  const { service, clientAddress } = args.settings;
  const balanced = service.type === "LoadBalancer";
  return new core.Service(
    `${name}-service`,
    {
      metadata: {
        name,
        namespace: place.namespace,
        labels: standardLabels(args.identity, args.release),
        annotations: {
          ...(balanced ? words.annotations : {}),
          "pulumi.com/timeoutSeconds": String(place.rolloutTimeoutSeconds),
        },
      },
      spec: {
        type: service.type,
        selector: selectorLabels(args.identity),
        ...(balanced
          ? { loadBalancerClass: words.loadBalancerClass, externalTrafficPolicy: words.externalTrafficPolicy }
          : { externalTrafficPolicy: clientAddress.from === "connection" ? "Local" : "Cluster" }),
        ports: [
          { name: "https", port: 443, targetPort: ports.https, nodePort: service.httpsNodePort, protocol: "TCP" },
          { name: "http", port: 80, targetPort: ports.http, nodePort: service.httpNodePort, protocol: "TCP" },
        ],
      },
    },
    opts,
  );
}
