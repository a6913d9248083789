import { cloudOf } from "../../../components/clouds";
import { advice, type Finding, failed, ok, unclear, type World } from "../../../components/clouds/shared/doctor/model";
import { hostnamesOf } from "../../../components/schema/publicHosts";
import type { ParsedSettings } from "../../../components/settings/parse";
import type { Check } from "../subject";

/** Whether the stack's hosts lead somewhere, whose zone they are in, and who may issue certificates for them. */
export const names: Check = {
  area: "DNS",
  applies: ({ settings }) => publicHosts(settings).length > 0,
  async run({ settings }, world) {
    const hosts = publicHosts(settings);
    const zone = "dnsZone" in settings.cluster ? settings.cluster.dnsZone : undefined;
    const found = await Promise.all([
      ...(zone ? [delegation(settings, zone.domain, world)] : []),
      ...hosts.map((host) => record(host, zone?.domain, world)),
      ...(settings.edge.certificate.kind === "acme" ? hosts.map((host) => authority(host, world)) : []),
    ]);
    return found.flat();
  },
};

/** Hosts that the public DNS knows; `*.localhost` is this machine (RFC 6761), a single label is nobody's. */
export function publicHosts(settings: ParsedSettings): string[] {
  return hostnamesOf(settings).filter(
    (host) => host.includes(".") && !/\.(localhost|local|internal|test|invalid|example)$/.test(host),
  );
}

/** The zone's own servers must be the ones that the world asks. */
async function delegation({ cluster }: ParsedSettings, domain: string, world: World): Promise<Finding[]> {
  const zoneServers = await cloudOf("cluster", cluster.kind)?.doctor()?.zoneServers(cluster, world);
  if (!zoneServers) return [];
  if ("finding" in zoneServers) return [zoneServers.finding];
  const asked = await world.resolve(domain, "NS");
  const key = `cluster.dnsZone: ${domain}`;
  if (asked === undefined)
    return [unclear(`${key}: no name server answered`, "check this machine's DNS, then run this again")];
  const expected = zoneServers.value.map(plain);
  if (asked.length === 0) {
    return [
      failed(
        `${key} is not delegated, so nobody can resolve a record in it`,
        `at the registrar of ${domain}, name these servers: ${expected.join(", ")}`,
      ),
    ];
  }
  const foreign = asked.map(plain).filter((server) => !expected.includes(server));
  if (foreign.length > 0) {
    return [
      failed(
        `${key} is delegated to ${foreign.join(", ")}, and the zone that records are made in is served by ${expected.join(", ")}`,
        "name the other zone in cluster.dnsZone, or the other servers at the registrar",
      ),
    ];
  }
  return [ok(`${domain} is delegated to the zone that records are made in`)];
}

async function record(host: string, zone: string | undefined, world: World): Promise<Finding[]> {
  const addresses = await world.resolve(host, "A");
  if (addresses === undefined) return [unclear(`${host}: no name server answered`, "look at this machine's DNS")];
  if (addresses.length > 0) return [ok(`${host} leads to ${addresses.join(", ")}`)];
  if (zone && (host === zone || host.endsWith(`.${zone}`)))
    return [ok(`${host} has no record yet; the first up makes it`)];
  return [
    advice(
      `${host} leads nowhere yet`,
      "after the first up, create a record with the addresses of the output `balancer`",
    ),
  ];
}

/** The authority that the program orders from (components/ingress/certificates/acme.ts). */
const issuer = "letsencrypt.org";

/**
 * The closest CAA records above a name decide who may issue for it (RFC 8659); none is leave for everybody.
 */
async function authority(host: string, world: World): Promise<Finding[]> {
  const labels = host.split(".");
  for (let at = 0; at < labels.length - 1; at++) {
    const name = labels.slice(at).join(".");
    const records = await world.resolve(name, "CAA");
    if (records === undefined) return [unclear(`${host}: its CAA records could not be read`, `dig CAA ${name}`)];
    const issue = records.flatMap((text) => /^\d+ issue "([^";]*)/.exec(text)?.[1]?.trim() ?? []);
    if (issue.length === 0) continue;
    if (issue.includes(issuer)) return [ok(`CAA of ${name} lets ${issuer} issue for ${host}`)];
    const allowed = issue.filter(Boolean).join(", ") || "nobody";
    return [
      failed(
        `edge.certificate: CAA of ${name} lets ${allowed} issue certificates, and not ${issuer}`,
        `add the record ${name} CAA 0 issue "${issuer}"`,
      ),
    ];
  }
  return [ok(`no CAA record keeps ${issuer} from issuing for ${host}`)];
}

/** A server's name without the root's dot. */
function plain(server: string): string {
  return server.toLowerCase().replace(/\.$/, "");
}
