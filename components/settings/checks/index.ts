import { appChecks } from "./apps";
import { capacity } from "./capacity";
import { Findings, type Layers } from "./check";
import { cloudChecks } from "./cloud";
import { dataChecks } from "./data";
import { edgeChecks } from "./edge";
import { proxyChecks } from "./proxy";
import { rdsRegion } from "./rds";
import { registryChecks } from "./registries";
import { serviceChecks } from "./service";
import { proxyStorage } from "./storage";
import { kubernetesVersion } from "./versions";

export { clientHeartbeatSeconds, deregistrationSeconds, rolloutSurge } from "./apps";

/** What lies between settings. Each check runs when the layers it needs are right in themselves. */
export function crossChecks(settings: Layers, now: Date): Findings {
  const found = new Findings(settings);
  for (const check of [
    ...cloudChecks,
    kubernetesVersion,
    capacity,
    ...dataChecks,
    rdsRegion,
    ...proxyChecks,
    proxyStorage,
    ...edgeChecks,
    ...serviceChecks,
    ...appChecks,
    ...registryChecks,
  ])
    check(settings, found, now);
  return found;
}
