import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { mapOf, Problem, problemOf, show, text, whole } from "../fields";
import { parseCidr } from "./network";
import { label, parseLabelValue } from "./words";

/** What pods may connect to beyond the platform. */
export type EgressTarget =
  | "internet"
  | { readonly cidr: string }
  | { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };

/** One opening of the network for an app's pods, by TCP. */
export interface Egress {
  readonly to: EgressTarget;
  readonly ports: readonly number[];
}

/** Where clouds tell a pod's or a node's credentials, by what they call it. */
const credentials: readonly (readonly [network: string, what: string])[] = [
  ["169.254.0.0/16", "the link-local addresses, where clouds give out the credentials of nodes and pods"],
  ["fe80::/10", "the link-local addresses"],
  ["fd00:ec2::/32", "the metadata addresses of AWS, which give out the credentials of nodes and pods"],
  ["168.63.129.16/32", "the address of Azure's host, which configures nodes"],
];
/** A network with fewer bits is meant to be everybody. */
const fewestBits = { 4: 8, 6: 16 } as const;

/** `internet`, or a network that holds no address that gives out credentials. @throws Problem */
export function parseWayOut(value: string): "internet" | { readonly cidr: string } {
  if (value === "internet") return value;
  if (/^[a-z.-]+$/i.test(value)) {
    throw new Problem(
      `${show(value)} is not a destination; use internet, or a network such as "10.20.0.0/16": network policies know no host names`,
    );
  }
  const cidr = parseCidr(value);
  const bits = Number(cidr.split("/")[1]);
  const family = isIP(cidr.split("/")[0]!) as 4 | 6;
  if (bits < fewestBits[family]) {
    throw new Problem(
      `${show(value)} is nearly everybody; use internet, which leaves out private, link-local and metadata addresses, and name networks of /${fewestBits[family]} or smaller`,
    );
  }
  const found = credentials.find(([network]) => isIP(network.split("/")[0]!) === family && share(network, cidr));
  if (found) throw new Problem(`${show(value)} holds ${found[1]} (${found[0]}); use networks that do not`);
  return { cidr };
}

/** Whether two networks of one family have an address in common. */
function share(a: string, b: string): boolean {
  const [one, other] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)];
  const bits = Math.min(one[1], other[1]);
  return one[0].kind() === "ipv4"
    ? (one[0] as ipaddr.IPv4).match(other[0] as ipaddr.IPv4, bits)
    : (one[0] as ipaddr.IPv6).match(other[0] as ipaddr.IPv6, bits);
}

/** The pods behind a Service of another namespace, by which network policies know it. */
export const servicePods = {
  namespace: label().describe("namespace of the pods behind the Service"),
  podLabels: mapOf(z.string(), (_name, value) =>
    problemOf(() => {
      if (typeof value === "string") parseLabelValue(value);
    }),
  )
    .refine((labels) => Object.keys(labels).length > 0, {
      error:
        "is empty, which would be every pod of the namespace; give the labels that the Service selects its pods by",
    })
    .describe("labels of the pods behind the Service: its selector"),
};

const service = z.strictObject(servicePods);

const opening = z
  .strictObject({
    to: text(parseWayOut)
      .optional()
      .describe("`internet` (all but private, link-local and metadata addresses), or a network as `10.20.0.0/16`"),
    service: service.optional().describe("the pods behind a Service of another namespace"),
    ports: z
      .array(whole(1, 65_535))
      .min(1, { error: "is empty; give at least one port, or remove the key" })
      .optional()
      .describe("TCP ports, of a Service those of its pods (`targetPort`); default: 443 with `internet`"),
  })
  .transform(({ to, service, ports }, context): Egress => {
    const target = to ?? service;
    const refuse = (message: string, ...path: string[]) => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    if (!target) return refuse('names no destination; give "to: internet", "to: <network>" or "service:"');
    if (to && service) return refuse("is there together with to; make two entries of it", "service");
    if (ports) return { to: target, ports: [...new Set(ports)].sort((a, b) => a - b) };
    if (to === "internet") return { to, ports: [443] };
    return refuse("is not set; name the TCP ports", "ports");
  });

/** `internet` alone is the internet at its default port. */
const word = text((value): Egress => {
  if (parseWayOut(value) === "internet") return { to: "internet", ports: [443] };
  throw new Problem(`${show(value)} has no ports; write "to: ${value}" and below it "ports:"`);
});

/** Where the pods of an app may connect to, beyond what the platform itself gives them: nowhere by default. */
export function egress(whose: string) {
  return z
    .array(
      z.union([opening, word], {
        error: ({ input }) => `${show(input)} is no opening; use internet, or a map of "to" or "service", and "ports"`,
      }),
    )
    .prefault([])
    .describe(
      `outgoing TCP connections of ${whose}, beyond the platform. Each entry has \`to\` (\`internet\` or a network) or \`service\` (\`namespace\`, \`podLabels\`), and \`ports\` (\`internet\`: 443 by default)`,
    );
}
