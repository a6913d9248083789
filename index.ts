import { Chat } from "./components/apps/chat/index";
import { Panel } from "./components/apps/panel/index";
import { Workers } from "./components/apps/panel/workers";
import { createCluster, createPostgres, createRedis } from "./components/clouds";

import { Ingress } from "./components/ingress";
import { publicAddresses } from "./components/ingress/addresses";
import { createCertificate } from "./components/ingress/certificates";
import { Namespace } from "./components/network/namespace";
import { NetworkPolicies } from "./components/network/networkPolicies";
import { readSettings } from "./components/settings";
import { stackOutputs } from "./components/stack/outputs";
import { StackProtection } from "./components/stack/protection";
import { useTransforms } from "./components/stack/transforms";

export = async function platform() {
  const settings = await readSettings();
  await useTransforms(settings.operations);
  const addresses = publicAddresses(settings.edge);

  const protection = new StackProtection(settings.operations);

  const cluster = await createCluster(settings, protection);
  const { place, inside } = new Namespace("namespace", { settings, cluster, protection });

  const postgres = await createPostgres(settings.postgres, place, inside);
  const redis = await createRedis(settings.redis, place, inside);

  const panel = new Panel("panel", { settings, place, addresses, postgres, redis }, inside);
  const { configuration, chatTokens: tokens } = panel;
  const workers = new Workers("workers", { settings, configuration }, inside);
  const chat = new Chat("chat", { settings, place, addresses, postgres, tokens }, inside);
  postgres.retirePreviousPasswords([panel.rollout, workers.rollout, chat.rollout]);

  const certificate = await createCertificate(settings.edge, place, inside);
  const routes = [panel.routeAt(settings.edge.panel), chat.routeAt(settings.edge.chat)];
  const edge = new Ingress("edge", { settings, place, certificate, routes }, inside);

  const layers = [postgres, panel, workers, chat, certificate, edge];
  new NetworkPolicies("policies", { place, connections: layers.flatMap(({ connections }) => connections) }, inside);

  protection.check();
  return stackOutputs({ settings, cluster, addresses, panel, certificate, edge });
};
