import { mapIn } from "../../components/schema/mapIn";
import { layerKey } from "./project";

type Settings = Readonly<Record<string, any>>;

/** Without what is not said. */
const said = (settings: Settings) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/**
 * A stack whose panel and chat have layers of their own, with presets in their place: what `docs/panel-and-chat.md` tells
 * people to write.
 */
export function asPresets(config: Settings): Record<string, unknown> {
  const layer = (name: string): Settings => mapIn(config[layerKey(name)]) as Settings;
  const [panel, workers, chat] = [layer("panel"), layer("workers"), layer("chat")];
  const { panel: panelAddress, chat: chatAddress, ...edge } = layer("edge");
  const dropped = ["panel", "workers", "chat"].map(layerKey);
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => !dropped.includes(key)));
  const apps = {
    panel: said({
      preset: "panel",
      image: panel.image,
      processes: {
        web: said({
          replicas: panel.replicas,
          resources: panel.resources,
          stopSeconds: panel.shutdownSeconds,
          connections: panel.connections,
          egress: panel.egress,
          route: panelAddress,
        }),
        worker: said({
          replicas: workers.replicas,
          resources: workers.resources,
          stopSeconds: workers.jobTimeoutSeconds,
          egress: workers.egress,
        }),
      },
      firstLogin: { email: panel.firstAdministrator },
      schedules: panel.schedules,
      keys: panel.chatTokenGeneration && { CHAT_TOKEN: { generation: panel.chatTokenGeneration } },
      env: said({ ...panel.env, JOB_CONCURRENCY: workers.concurrency && String(workers.concurrency) }),
      secretEnv: panel.secretEnv,
    }),
    chat: said({
      preset: "chat",
      image: chat.image,
      processes: {
        socket: said({
          replicas: chat.replicas,
          resources: chat.resources,
          stopSeconds: chat.drainSeconds,
          connections: chat.connections,
          egress: chat.egress,
          route: chatAddress,
        }),
      },
      env: said({ ...chat.env, SCHEDULERS: chat.schedulers && String(chat.schedulers) }),
      secretEnv: chat.secretEnv,
    }),
  };
  return { ...rest, [layerKey("edge")]: edge, [layerKey("apps")]: { ...apps, ...layer("apps") } };
}
