/** What this cloud calls a public Service, as pure words made of the profile that NGINX is made of too. */
import * as pulumi from "@pulumi/pulumi";
import type { PublicProfile, PublicServiceSpec } from "../../contracts";
import { deregistrationSeconds } from "./loadBalancer";

/** Where the balancer stands; one address and one subnet for each zone, in the same order. */
export interface BalancerPlace {
  readonly addressIds: readonly pulumi.Input<string>[];
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Whether the balancer refuses to be deleted: it goes with the platform's namespace, and stays where that has to. */
  readonly isProtected: boolean;
}

/** By this label the controller puts a readiness gate on pods that are targets: a new one counts once the balancer does. */
export const namespaceLabels = { "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled" };

/** By how much the balancer is more patient with a silent connection than NGINX, so that NGINX is who closes it. */
const spareSeconds = 10;
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html */
const idle = { least: 60, most: 6000 };
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
const longestDeregistration = 3600;

/**
 * A Service that is public by a Network Load Balancer of the controller's, with pods as targets.
 *
 * The class, the scheme and the target type can never be changed on a Service that is there: the controller would leave
 * the old balancer behind. Every zone has an address of its own and clients may have any of them, so each zone's part of
 * the balancer sends to the pods of all zones. A health check that fails takes a pod's new connections away and leaves
 * its open ones alone: a pod that is busy or draining would else cut thousands of WebSockets at once.
 */
export function publicServiceSpec(profile: PublicProfile, place: BalancerPlace): PublicServiceSpec {
  const idleSeconds = Math.min(Math.max(profile.idleSeconds + spareSeconds, idle.least), idle.most);
  const listener = `tcp.idle_timeout.seconds=${idleSeconds}`;
  const targets = {
    "proxy_protocol_v2.enabled": profile.proxyProtocol,
    // Without the PROXY protocol the client's address has to be that of the connection itself.
    "preserve_client_ip.enabled": !profile.proxyProtocol,
    "deregistration_delay.timeout_seconds": Math.min(
      deregistrationSeconds + profile.drainSeconds,
      longestDeregistration,
    ),
    "deregistration_delay.connection_termination.enabled": false,
    "target_health_state.unhealthy.connection_termination.enabled": false,
  };
  const words = {
    scheme: "internet-facing",
    "nlb-target-type": "ip",
    "ip-address-type": "ipv4",
    subnets: list(place.subnetIds),
    "eip-allocations": list(place.addressIds),
    "security-groups": pulumi.output(place.securityGroupId),
    "manage-backend-security-group-rules": "false",
    // Both words always: what is not said any more, the controller leaves as it is.
    attributes: map({ "load_balancing.cross_zone.enabled": true, "deletion_protection.enabled": place.isProtected }),
    "listener-attributes.TCP-443": listener,
    "listener-attributes.TCP-80": listener,
    "target-group-attributes": map(targets),
    "healthcheck-protocol": "HTTP",
    "healthcheck-port": String(profile.health.port),
    "healthcheck-path": profile.health.path,
    "healthcheck-interval": "10",
    "healthcheck-timeout": "5",
    "healthcheck-healthy-threshold": "2",
    "healthcheck-unhealthy-threshold": "2",
    "healthcheck-success-codes": "200",
  };
  return {
    annotations: Object.fromEntries(
      Object.entries(words).map(([word, value]) => [`service.beta.kubernetes.io/aws-load-balancer-${word}`, value]),
    ),
    loadBalancerClass: "service.k8s.aws/nlb",
    // The balancer sends to pods and not to nodes, so the policy of the nodes decides nothing.
    externalTrafficPolicy: "Cluster",
    asksHealthPort: true,
    takesNodePorts: false,
  };
}

function list(values: readonly pulumi.Input<string>[]): pulumi.Output<string> {
  return pulumi.all([...values]).apply((all) => all.join(","));
}

function map(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
