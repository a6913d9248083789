import { createApps, postgresRoles, redisUsers } from "./components/apps";
import { createCluster, createStores } from "./components/clouds";
import { Ingress } from "./components/ingress";
import { createCertificate } from "./components/ingress/certificates";
import { Namespace } from "./components/network/namespace";
import { NetworkPolicies } from "./components/network/networkPolicies";
import { hostnamesOf } from "./components/schema/publicHosts";
import { readSettings } from "./components/settings";
import { stackOutputs } from "./components/stack/outputs";
import { StackProtection } from "./components/stack/protection";
import { useTransforms } from "./components/stack/transforms";

export = async function platform() {
  const settings = await readSettings();
  await useTransforms(settings.operations);
  const hostnames = hostnamesOf(settings);

  const protection = new StackProtection(settings.operations);

  const cluster = await createCluster(settings, { protection, hostnames });
  const { place, inside } = new Namespace("namespace", { settings, cluster, protection });

  const stores = await createStores(
    { settings, place, roles: postgresRoles(settings), users: redisUsers(settings) },
    inside,
  );

  const apps = await createApps({ settings, place, stores }, inside);
  stores.retirePreviousPasswords(apps.flatMap(({ rollouts }) => rollouts));

  const certificate = await createCertificate({ edge: settings.edge, hostnames, place }, inside);
  const routes = apps.flatMap(({ routes }) => routes);
  const edge = new Ingress("edge", { settings, place, certificate, routes }, inside);

  const layers = [stores, ...apps, certificate, edge];
  new NetworkPolicies("policies", { place, connections: layers.flatMap(({ connections }) => connections) }, inside);

  protection.check();
  return stackOutputs({ settings, hostnames, cluster, apps, certificate, edge });
};
