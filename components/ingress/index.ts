import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Connection, HttpBackend, MountedFiles, Place, Route } from "../contracts";
import { authorityMount, authorityPath } from "../kubernetes/connections";
import { releaseOf } from "../kubernetes/podTemplate";
import { Workload } from "../kubernetes/workload";
import { standardLabels } from "../naming";
import { parseBytes as bytesOf } from "../schema/values/resources";
import { publicService } from "./loadBalancer";
import { healthPath, nginxConf, ports, type ServerRoute, type Upstream } from "./nginxConf";
import { certificateFolder } from "./nginxTls";
import { passwordFileName, passwordFiles, passwordFolder } from "./passwords";
import { publicProfile } from "./profile";
import type { IngressSettings } from "./settings";
import { hstsSeconds } from "./settings";
import { proxyTmpSize } from "./settings/proxyStorage";

/** What the edge is given. */
export interface IngressArgs {
  readonly settings: { edge: IngressSettings };
  readonly place: Place;
  readonly certificate: Certificate;
  readonly routes: readonly Route[];
}

/** Which pods the edge runs in. */
const edgeIdentity = { name: "edge", component: "proxy" };

/**
 * NGINX in front of everything: it ends TLS, routes by host and path, carries WebSockets, limits log-in attempts and
 * connections, and logs every request. Configuration and certificate have names that change with their content, so a
 * change rolls the pods; a pod that cannot start with the new ones leaves the old ones serving. A certificate that is
 * renewed in its place is read at every handshake instead.
 */
export class Ingress extends pulumi.ComponentResource {
  /** Addresses of the balancer, for DNS; empty for a NodePort. */
  readonly balancer: pulumi.Output<string[]>;
  readonly connections: readonly Connection[];

  constructor(name: string, args: IngressArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:edge:Edge", name, {}, opts);
    const { place, routes, certificate } = args;
    const settings = args.settings.edge;
    const release = releaseOf({ ...place, image: settings.image.reference });
    const labels = standardLabels(edgeIdentity, release);
    const profile = publicProfile(settings);
    const words = place.traits.publicService(profile);

    const config = new core.ConfigMap(
      `${name}-config`,
      { metadata: { namespace: place.namespace, labels }, immutable: true, data: { "nginx.conf": configText() } },
      { parent: this },
    );
    const passwords = passwordFiles(name, { namespace: place.namespace, labels, routes }, { parent: this });
    const workload = new Workload(
      name,
      {
        ...place,
        identity: edgeIdentity,
        image: settings.image.reference,
        command: ["nginx", "-e", "stderr", "-c", `${configFolder}/nginx.conf`, "-g", "daemon off;"],
        prepare: ["sh", "-c", waitForNames],
        files: [
          { name: "config", path: configFolder, source: { configMap: config.metadata.name } },
          { name: "certificate", path: certificateFolder, source: { secret: certificate.secretName } },
          ...(passwords ? [passwords] : []),
          ...authorities(routes),
        ],
        ports,
        replicas: settings.replicas,
        resources: { ...settings.resources, tmpSize: proxyTmpSize(settings, routes) },
        probes: {
          startup: { ...health, periodSeconds: 1, failureThreshold: 60 },
          readiness: { ...health, periodSeconds: 5, failureThreshold: 2 },
          liveness: { tcpSocket: { port: "health" }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
        },
        // The balancer decides how long new connections still come; the settings may only add to it.
        preStopSeconds: Math.max(settings.preStopSeconds, place.traits.deregistrationSeconds),
        shutdownSeconds: settings.drainSeconds,
        connectsTo: [...routes, ...certificate.challenges].map(({ to }) => to.destination),
      },
      { parent: this },
    );
    const service = publicService({ name, place, identity: edgeIdentity, release, settings, words }, { parent: this });
    this.connections = [
      ...workload.connections,
      { from: "anywhere", to: { pods: edgeIdentity, port: ports.https } },
      { from: "anywhere", to: { pods: edgeIdentity, port: ports.http } },
      ...(words.asksHealthPort ? [{ from: "anywhere" as const, to: { pods: edgeIdentity, port: ports.health } }] : []),
    ];
    this.balancer = service.status.apply((status) =>
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? ""),
    );
    this.registerOutputs({ balancer: this.balancer });

    function configText(): pulumi.Output<string> {
      return pulumi.all([upstreamsOf(routes), upstreamsOf(certificate.challenges)]).apply(([ways, answers]) =>
        nginxConf({
          routes: routes.map((route, index) => serverRoute(route, ways[index]!)),
          challenges: certificate.challenges.map(({ hostname }, index) => ({ hostname, upstream: answers[index]! })),
          certificateRead: certificate.renewal === "inPlace" ? "handshake" : "start",
          publicHttpsPort: settings.httpsPort,
          memoryBytes: bytesOf(settings.resources.limits.memory),
          clientAddress: settings.clientAddress,
          limits: settings.limits,
          websocketIdleSeconds: settings.websocketIdleSeconds,
          drainSeconds: settings.drainSeconds,
          hsts: { ...settings.hsts, maxAgeSeconds: hstsSeconds(settings) },
        }),
      );
    }
  }
}

function serverRoute({ to, users, ...route }: Route, upstream: Upstream): ServerRoute {
  const { tls } = to;
  const passwords = passwordFileName({ ...route, users });
  return {
    ...route,
    upstream,
    websocket: to.websocket,
    ...(passwords && { passwordFile: `${passwordFolder}/${passwords}` }),
    ...(tls && {
      tls: {
        name: tls.name,
        ...(tls.authority && { authorityFile: authorityPath(tls.name, tls.authority.key) }),
      },
    }),
  };
}

/** What the pods that end TLS themselves are verified with, each server's authority once. */
function authorities(routes: readonly Route[]): MountedFiles[] {
  const named = routes.flatMap(({ to }): [string, MountedFiles][] => {
    if (!to.tls?.authority) return [];
    const { name, authority } = to.tls;
    return [[name, authorityMount(name, authority)]];
  });
  return [...new Map(named).values()];
}

function upstreamsOf(backends: readonly { readonly to: HttpBackend }[]): pulumi.Output<Upstream[]> {
  const hosts = pulumi.all(backends.map(({ to }) => to.host));
  return hosts.apply((names) => names.map((host, index) => ({ name: host, host, port: backends[index]!.to.port })));
}

const configFolder = "/etc/nginx/switchboard";

/**
 * NGINX ends at once when a name in its configuration does not resolve. Where a whole cluster starts at the same time,
 * its DNS may be later than the proxy, and the proxy would start again and again with ever longer waits.
 */
const waitForNames = `for name in $(sed -nE 's/^ +server ([a-z0-9.-]+):[0-9]+ .*/\\1/p' ${configFolder}/nginx.conf | sort -u); do
  until getent hosts "$name" > /dev/null; do sleep 1; done
done`;

const health = { httpGet: { path: healthPath, port: "health" }, timeoutSeconds: 3 };
