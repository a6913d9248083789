import { isIP } from "node:net";
import { z } from "zod";
import type { Destination } from "../../contracts";
import type { SettingsContext } from "../../schema/context";
import { choice, Problem, show, text, whole } from "../../schema/fields";
import { parseWayOut, servicePods } from "../../schema/values/egress";
import { holds, parseHost } from "../../schema/values/network";
import { parseAuthorities } from "../../schema/values/pem";
import { pemText } from "../../schema/values/pemText";

/** A host name or an address, as a client is told it. @throws Problem */
function parseServer(value: string): string {
  if (isIP(value) !== 0 && !value.includes("%")) return value;
  if (/^[a-z]+:\/\//i.test(value)) throw new Problem(`${show(value)} is a URL; give the host name or the address only`);
  if (/^[^:]+:\d+$/.test(value)) throw new Problem(`${show(value)} has a port; give it in port`);
  return parseHost(value);
}

/** Where a server is, as settings say it: its name for clients, and its addresses for network policies. */
export const addressFields = (port: number) => ({
  host: text(parseServer).describe("host name or address that the apps connect to"),
  port: whole(1, 65_535).prefault(port).describe("port that they connect to"),
  networks: z
    .array(text(parseWayOut))
    .min(1, { error: "is empty; name the networks of its addresses, or remove the key" })
    .optional()
    .describe(
      "networks that its addresses are in, as `10.20.0.0/16`, or `internet`: network policies know no host names; default: the host, if it is an address",
    ),
  service: z
    .strictObject({
      ...servicePods,
      port: whole(1, 65_535).optional().describe("port of the pods themselves (`targetPort`); default: `port`"),
    })
    .optional()
    .describe("the pods behind it, if it is a Service of another namespace of the cluster; default: it is none"),
});

/** A place of a server, as it is parsed. */
interface Address {
  readonly host: string;
  readonly port: number;
  readonly networks?: readonly ("internet" | { readonly cidr: string })[] | undefined;
  readonly service?: ServicePods | undefined;
}

interface ServicePods {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly port?: number | undefined;
}

/** What is wrong between the keys of a place, as an issue at its key. */
export function checkAddress(
  { host, networks, service }: Address,
  issues: z.RefinementCtx,
  at: readonly string[] = [],
) {
  const refuse = (key: string, message: string) =>
    void issues.addIssue({ code: "custom", path: [...at, key], message });
  const misses = isIP(host) !== 0 && networks && !networks.some((one) => one === "internet" || holds(one.cidr, host));
  if (misses) refuse("networks", `does not hold ${show(host)}, so that nobody could connect to it; remove the key`);
  if (networks && service) refuse("service", "is there together with networks; keep the one that is true");
  if (!networks && !service && isIP(host) === 0)
    refuse(
      "networks",
      `is not set, and network policies know no host names; name the networks that the addresses of ${show(host)} are in, or internet`,
    );
}

/** What pods connect to. The settings have chosen it, so it stands apart in the policies and is drawn. */
export function destinationsOf({ host, port, networks, service }: Address): Destination[] {
  if (service) {
    const { namespace, podLabels } = service;
    return [{ namespace, podLabels, port: service.port ?? port, chosen: true }];
  }
  const all = networks ?? [{ cidr: `${host}/${isIP(host) === 6 ? 128 : 32}` }];
  return all.map((network) =>
    network === "internet" ? { internet: true, port, chosen: true } : { cidr: network.cidr, port, chosen: true },
  );
}

/** How a server proves itself, as settings say it. @param without what clients do without an authority */
export const tlsField = (context: SettingsContext, without: string) =>
  z
    .strictObject({
      mode: choice(["verify-full", "verify-ca", "disable"])
        .prefault("verify-full")
        .describe(
          "`verify-full`: its certificate must be for the host. `verify-ca`: for any name, of an authority that signs nothing else. `disable`: no TLS, in a network that is trusted",
        ),
      authority: pemText(context, parseAuthorities)
        .optional()
        .describe(`PEM of the authorities that its certificate may be of; or \`{file: path}\`; default: ${without}`),
    })
    .superRefine(({ mode, authority }, issues) => {
      const refuse = (message: string) => issues.addIssue({ code: "custom", path: ["authority"], message });
      if (mode === "disable" && authority !== undefined)
        refuse("has no use while mode is disable; remove it, or remove mode");
      if (mode === "verify-ca" && authority === undefined)
        refuse("is not set, and verify-ca would trust everybody; give the PEM of the server's own authority");
    })
    .prefault({});
