import type { Case } from "./case";
import { google, printed } from "./fakeHosts";

const servers = "gcloud dns managed-zones describe switchboard-dev --project switchboard-prod --format json";
const tls = (change: object) => ({
  "tls chat.switchboard.dev:443": { ...(google["tls chat.switchboard.dev:443"] as object), ...change },
});

/** What can be wrong with names and certificates. */
export const nameCases: readonly Case[] = [
  [
    "a zone that nobody asks",
    "prod",
    google,
    { "dns NS switchboard.dev": [] },
    "failed",
    /is not delegated/,
    /registrar/,
  ],
  [
    "a zone of somebody else",
    "prod",
    google,
    { [servers]: printed({ nameServers: ["ns9.example."] }) },
    "failed",
    /delegated to ns-cloud-a1.*served by ns9\.example/,
    /other/,
  ],
  [
    "no DNS at all",
    "prod",
    google,
    { "dns A chat.switchboard.dev": null },
    "unknown",
    /no name server answered/,
    /DNS/,
  ],
  [
    "CAA for another authority",
    "prod",
    google,
    { "dns CAA switchboard.dev": ['0 issue "digicert.com"'] },
    "failed",
    /CAA of switchboard\.dev lets digicert\.com issue certificates, and not letsencrypt\.org/,
    /CAA 0 issue "letsencrypt\.org"/,
  ],
  [
    "CAA for nobody, closer",
    "prod",
    google,
    { "dns CAA panel.switchboard.dev": ['0 issue ";"'] },
    "failed",
    /CAA of panel\.switchboard\.dev lets nobody/,
    /letsencrypt/,
  ],
  [
    "a lapsed certificate",
    "prod",
    google,
    tls({ validTo: "2026-11-01T00:00:00.000Z" }),
    "failed",
    /valid until 2026-11-01: it has lapsed/,
    /cert-manager/,
  ],
  [
    "a certificate that was not renewed",
    "prod",
    google,
    tls({ validTo: "2026-12-01T00:00:00.000Z" }),
    "advice",
    /9 days are left/,
    /cert-manager/,
  ],
  [
    "somebody else's certificate",
    "prod",
    google,
    tls({ names: ["example.org"], subject: "example.org" }),
    "failed",
    /for example\.org and not for chat\.switchboard\.dev/,
    /who else/,
  ],
  [
    "a certificate of the staging authority",
    "prod",
    google,
    tls({ trusted: false }),
    "advice",
    /does not trust/,
    /directory: production/,
  ],
];
