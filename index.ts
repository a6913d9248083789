import { Chat } from "./components/apps/chat";
import { Panel } from "./components/apps/panel";
import { Workers } from "./components/apps/workers";
import { createCluster } from "./components/cluster";
import { createPostgres, createRedis } from "./components/data";
import { createCertificate } from "./components/edge";
import { publicAddresses } from "./components/edge/addresses";
import { Edge } from "./components/edge/proxy";
import { stackOutputs } from "./components/outputs";
import { Namespace } from "./components/policies/namespace";
import { NetworkPolicies } from "./components/policies/networkPolicies";
import { readSettings } from "./components/settings";

export = async function platform() {
  const settings = readSettings();
  const addresses = publicAddresses(settings.edge);

  const cluster = await createCluster(settings.cluster);
  const inCluster = { provider: cluster.provider };
  const { place } = new Namespace("namespace", { settings, cluster }, inCluster);

  const postgres = await createPostgres(settings.postgres, place, inCluster);
  const redis = await createRedis(settings.redis, place, inCluster);

  const panel = new Panel("panel", { settings, place, addresses, postgres, redis }, inCluster);
  const { configuration, chatTokenKey } = panel;
  const workers = new Workers("workers", { settings, configuration }, inCluster);
  const chat = new Chat("chat", { settings, place, addresses, postgres, chatTokenKey }, inCluster);
  postgres.retirePreviousPasswords([panel.rollout, workers.rollout, chat.rollout]);

  const certificate = await createCertificate(settings.edge, place, inCluster);
  const routes = [panel.routeAt(settings.edge.panel), chat.routeAt(settings.edge.chat)];
  const edge = new Edge("edge", { settings, place, certificate, routes }, inCluster);

  const layers = [postgres, panel, workers, chat, edge];
  new NetworkPolicies("policies", { place, edges: layers.flatMap(({ edges }) => edges) }, inCluster);

  return stackOutputs({ settings, cluster, addresses, panel, certificate, edge });
};
