import { daysUntil } from "../../../components/calendar/model";
import {
  advice,
  type Finding,
  failed,
  ok,
  type Served,
  type World,
} from "../../../components/clouds/shared/doctor/model";
import { hostnamesOf } from "../../../components/schema/publicHosts";
import type { Check, Subject } from "../subject";
import { publicHosts } from "./names";

/** Let's Encrypt's certificates are renewed 30 days before their end; one that is closer was not renewed. */
const lateDays = 20;

/** What the stack's addresses show today, if they show anything. */
export const certificates: Check = {
  area: "certificates",
  applies: ({ target, settings }) => target.local || publicHosts(settings).length > 0,
  async run(subject, world) {
    const hosts = subject.target.local ? hostnamesOf(subject.settings).slice(0, 1) : publicHosts(subject.settings);
    return (await Promise.all(hosts.map((host) => served(host, subject, world)))).flat();
  },
};

async function served(host: string, { target, settings }: Subject, world: World): Promise<Finding[]> {
  const { httpsPort, certificate } = settings.edge;
  const shown = await world.certificate(host, httpsPort);
  const at = `https://${host}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
  if (!shown) return [ok(`${at} shows no certificate yet`)];
  const days = daysUntil(shown.validTo, world.now);
  const what = `${at} shows a certificate of ${shown.issuer || "itself"}, valid until ${shown.validTo.slice(0, 10)}`;
  const renew =
    certificate.kind === "acme"
      ? "look why cert-manager does not renew it: switchboard pulumi STACK stack output commands"
      : "switchboard up makes or takes a new one";
  if (days < 0) return [failed(`${what}: it has lapsed`, renew)];
  if (!covers(shown, host))
    return [
      failed(
        `${what}, for ${shown.names.join(", ") || shown.subject} and not for ${host}`,
        "run an up, or look who else answers at that address",
      ),
    ];
  if (days < lateDays) return [advice(`${what}: ${days} days are left`, renew)];
  if (!shown.trusted && certificate.kind !== "selfSigned" && !target.local) {
    return [
      advice(
        `${what}, which this machine does not trust`,
        certificate.kind === "acme"
          ? "edge.certificate.directory: production, once staging has worked"
          : "name the whole chain in edge.certificate.certificate",
      ),
    ];
  }
  return [ok(`${what} (${days} days)`)];
}

/** Whether a certificate names a host, by itself or with its parent's wildcard. */
function covers({ names, subject }: Served, host: string): boolean {
  const wildcard = `*.${host.split(".").slice(1).join(".")}`;
  return [...names, subject].some((name) => name === host || name === wildcard);
}
