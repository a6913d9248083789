import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Cluster } from "../contracts";
import { servicePorts } from "../ingress/loadBalancer";
import type { IngressSettings } from "../ingress/settings";

/** What an app adds. */
export interface AppOutputs {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly urls?: Readonly<Record<string, string>>;
  readonly firstLogins?: Readonly<Record<string, unknown>>;
  readonly commands: (switchboard: (command: string) => string) => Readonly<Record<string, string>>;
}

/** What the outputs are made of. */
export interface OutputArgs {
  readonly settings: { cluster: { readonly namespace: string }; edge: IngressSettings };
  readonly hostnames: readonly string[];
  readonly cluster: Cluster;
  readonly apps: readonly AppOutputs[];
  readonly certificate: Certificate;
  readonly edge: { readonly balancer: pulumi.Output<string[]> };
}

/** The stack's outputs: where it is, whom to trust, how to log in for the first time, and the daily commands. */
export function stackOutputs(args: OutputArgs) {
  const { edge } = args.settings;
  const issued = args.certificate.renewal === "inPlace";
  // A balancer's PROXY protocol is what NGINX then waits for, and a forwarded port does not speak it.
  const forwardable = edge.clientAddress.from !== "proxyProtocol";
  const { authority } = args.certificate;
  const listen = servicePorts(edge);
  const kubectl = `${args.cluster.kubectl} --namespace ${args.settings.cluster.namespace}`;
  const switchboard = (command: string) => `npx switchboard ${command} --stack ${pulumi.getStack()}`;
  const firstLogins: Record<string, unknown> = Object.assign({}, ...args.apps.map((app) => app.firstLogins));
  const urls: Record<string, string> = Object.assign({}, ...args.apps.map((app) => app.urls));
  return {
    ...Object.assign({}, ...args.apps.map(({ outputs }) => outputs)),
    /** Public addresses of the apps that the stack's file declares, by their names. */
    ...(Object.keys(urls).length > 0 ? { urls } : {}),
    /** The accounts that these apps make by themselves. */
    ...(Object.keys(firstLogins).length > 0 ? { firstLogins } : {}),
    /** Where DNS records of the host names lead; the hosts are in the same order as in the settings. */
    balancer: args.edge.balancer,
    hosts: args.hostnames,
    /** PEM of the authority to trust; absent where browsers trust the certificate already. */
    ...(authority ? { certificateAuthority: authority } : {}),
    commands: {
      access: args.cluster.accessCommand,
      ...(authority ? { trust: "pulumi stack output certificateAuthority > switchboard-ca.pem" } : {}),
      ...(issued ? { certificate: `${kubectl} describe certificates,orders,challenges` } : {}),
      ...(Object.keys(firstLogins).length > 0 ? { firstLogins: "pulumi stack output firstLogins --show-secrets" } : {}),
      ...Object.assign({}, ...args.apps.map(({ commands }) => commands(switchboard))),
      logs: switchboard("logs --follow"),
      status: switchboard("status"),
      ...(forwardable
        ? {
            forward: `${kubectl} port-forward service/edge ${edge.httpsPort}:${listen.https} ${edge.httpPort}:${listen.http}`,
          }
        : {}),
    },
  };
}
