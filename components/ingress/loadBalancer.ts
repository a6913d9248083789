import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Place, PodIdentity, PublicServiceSpec } from "../contracts";
import { type ReleaseLabels, selectorLabels, standardLabels } from "../naming";
import { ports } from "./nginxConf";
import type { IngressSettings } from "./settings";

/** What the public Service is given. */
export interface PublicServiceArgs {
  readonly name: string;
  readonly place: Place;
  readonly identity: PodIdentity;
  readonly release: ReleaseLabels;
  readonly settings: Pick<IngressSettings, "service" | "clientAddress" | "httpsPort" | "httpPort">;
  /** The cluster's words for a Service that is public. */
  readonly words: PublicServiceSpec;
}

/** Ports that the public Service listens on: those that clients use, unless something before it maps them. */
export function servicePorts({ service, httpsPort, httpPort }: PublicServiceArgs["settings"]) {
  return { https: service.httpsPort ?? httpsPort, http: service.httpPort ?? httpPort };
}

/**
 * The one public Service. How a balancer is asked for is the cluster's word (`traits`), and what the settings say besides;
 * on a cluster without one the settings say `NodePort`, because a balancer that nobody gives would stay Pending. With
 * `NodePort` a connection that ends on a node without the proxy would come from that node's address; where the client's
 * address is read from the connection, such a node therefore refuses it (`Local`).
 */
export function publicService(args: PublicServiceArgs, opts: pulumi.CustomResourceOptions): core.Service {
  const { name, place, words } = args;
  const { service, clientAddress } = args.settings;
  const balanced = service.type === "LoadBalancer";
  const listen = servicePorts(args.settings);
  const { allowedSources } = service;
  const usualPolicy = clientAddress.from === "connection" ? "Local" : "Cluster";
  return new core.Service(
    `${name}-service`,
    {
      metadata: {
        name,
        namespace: place.namespace,
        labels: standardLabels(args.identity, args.release),
        annotations: {
          ...(balanced ? { ...service.annotations, ...words.annotations } : service.annotations),
          "pulumi.com/timeoutSeconds": String(place.rolloutTimeoutSeconds),
        },
      },
      spec: {
        type: service.type,
        selector: selectorLabels(args.identity),
        ...(balanced
          ? {
              loadBalancerClass: service.loadBalancerClass ?? words.loadBalancerClass,
              externalTrafficPolicy: service.externalTrafficPolicy ?? words.externalTrafficPolicy,
              loadBalancerIP: service.address,
              loadBalancerSourceRanges: allowedSources.length > 0 ? [...allowedSources] : undefined,
              allocateLoadBalancerNodePorts: words.takesNodePorts ? undefined : false,
            }
          : { externalTrafficPolicy: service.externalTrafficPolicy ?? usualPolicy }),
        ports: [
          {
            name: "https",
            port: listen.https,
            targetPort: ports.https,
            nodePort: service.httpsNodePort,
            protocol: "TCP",
          },
          { name: "http", port: listen.http, targetPort: ports.http, nodePort: service.httpNodePort, protocol: "TCP" },
        ],
      },
    },
    opts,
  );
}
