import { cloudOf } from "../../clouds";
import { accessChecks } from "./access";
import { appChecks } from "./apps";
import { capacity } from "./capacity";
import { type Check, Findings, type Layers } from "./check";
import { cloudNativePgChecks } from "./cloudNativePg";
import { connectionChecks } from "./connections";
import { dataChecks } from "./data";
import { declaredChecks } from "./declared";
import { edgeChecks } from "./edge";
import { externalChecks } from "./external";
import { platformChecks } from "./platforms";
import { proxyChecks } from "./proxy";
import { registryChecks } from "./registries";
import { routeChecks } from "./routes";
import { serviceChecks } from "./service";
import { proxyStorage } from "./storage";

/** The checks of the clouds that the stack has chosen a cluster or a store of, each once. */
function ofClouds({ cluster, postgres, redis }: Layers): readonly Check[] {
  const chosen = Object.entries({ cluster, postgres, redis }).map(
    ([part, layer]) => layer && cloudOf(part as "cluster" | "postgres" | "redis", layer.kind),
  );
  return [...new Set(chosen)].flatMap((cloud) => cloud?.checks() ?? []);
}

/** What lies between settings. Each check runs when the layers it needs are right in themselves. */
export function crossChecks(settings: Layers, now: Date): Findings {
  const found = new Findings(settings);
  for (const check of [
    ...ofClouds(settings),
    capacity,
    ...dataChecks,
    ...connectionChecks,
    ...routeChecks,
    ...externalChecks,
    ...cloudNativePgChecks,
    ...proxyChecks,
    proxyStorage,
    ...edgeChecks,
    ...serviceChecks,
    ...appChecks,
    ...declaredChecks,
    ...accessChecks,
    ...registryChecks,
    ...platformChecks,
  ])
    check(settings, found, now);
  return found;
}
