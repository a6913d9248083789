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
  const { operations, edge: edgeSettings } = settings;
  const addresses = publicAddresses(edgeSettings);
  const preStopSeconds = edgeSettings.upstreamPreStopSeconds;

  const cluster = await createCluster(settings.cluster);
  const inCluster = { provider: cluster.provider };
  const { namespace } = settings.cluster;
  const { place } = new Namespace("namespace", { cluster, namespace, operations }, inCluster);

  const postgres = await createPostgres(settings.postgres, place, inCluster);
  const redis = await createRedis(settings.redis, place, inCluster);

  const panel = new Panel(
    "panel",
    {
      settings: settings.panel,
      workers: settings.workers,
      place,
      addresses,
      postgres: postgres.endpoint("panel"),
      redis: redis.endpoint,
      preStopSeconds,
    },
    inCluster,
  );
  const { configuration, chatTokenKey: tokenKey } = panel;
  const workers = new Workers("workers", { settings: settings.workers, configuration }, inCluster);
  const chat = new Chat(
    "chat",
    {
      settings: settings.chat,
      place,
      origins: [addresses.panel],
      tokenKey,
      postgres: postgres.endpoint("chat"),
      preStopSeconds,
    },
    inCluster,
  );
  postgres.retirePreviousPasswords([panel.rollout, workers.rollout, chat.rollout]);

  const certificate = await createCertificate(edgeSettings, place, inCluster);
  const routes = [panel.routeAt(edgeSettings.panel), chat.routeAt(edgeSettings.chat)];
  const edge = new Edge("edge", { settings: edgeSettings, place, certificate, routes }, inCluster);

  const edges = [postgres, panel, workers, chat, edge].flatMap((layer) => layer.edges);
  new NetworkPolicies("policies", { place, edges }, inCluster);

  const { firstLogin } = panel;
  const { balancer } = edge;
  return stackOutputs({ cluster, namespace, addresses, edge: edgeSettings, balancer, certificate, firstLogin });
};
