import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Cluster } from "../contracts";
import type { Addresses } from "../ingress/addresses";
import { servicePorts } from "../ingress/loadBalancer";
import type { IngressSettings } from "../ingress/settings";

/** What the outputs are made of. */
export interface OutputArgs {
  readonly settings: { cluster: { readonly namespace: string }; edge: IngressSettings };
  readonly cluster: Cluster;
  readonly addresses: Addresses;
  readonly panel: { readonly firstLogin: pulumi.Output<{ email: string; password: string }> };
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
  return {
    panelUrl: args.addresses.panel,
    /** Where the panel's page opens its WebSocket; nothing else of the chat is public. */
    chatUrl: args.addresses.chatSocket,
    /** Where DNS records of the host names lead; the hosts are in the same order as in the settings. */
    balancer: args.edge.balancer,
    hosts: [...new Set([edge.panel.host, edge.chat.host])],
    /** PEM of the authority to trust; absent where browsers trust the certificate already. */
    ...(authority ? { certificateAuthority: authority } : {}),
    firstLogin: args.panel.firstLogin,
    commands: {
      access: args.cluster.accessCommand,
      firstLogin: "pulumi stack output firstLogin --show-secrets",
      ...(authority ? { trust: "pulumi stack output certificateAuthority > switchboard-ca.pem" } : {}),
      ...(issued ? { certificate: `${kubectl} describe certificates,orders,challenges` } : {}),
      panelConsole: switchboard("console panel"),
      chatConsole: switchboard("console chat"),
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
