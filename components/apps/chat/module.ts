import type { IngressSettings } from "../../ingress/settings";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { type AppSpec, releasesAtOnce } from "../shared/spec";
import { type ChatSettings, chat } from "./settings";

/** The layers that say what the chat is made of. */
export interface ChatLayers {
  readonly chat?: Omit<ChatSettings, "secretEnv"> & { readonly secretEnv: Readonly<Record<string, unknown>> };
  readonly edge?: Pick<IngressSettings, "upstreamPreStopSeconds">;
}

/** The pods that form one BEAM cluster, and their migration. */
function spec({ chat, edge }: ChatLayers): AppSpec | undefined {
  if (!chat || !edge) return undefined;
  return {
    name: "chat",
    processes: [
      {
        key: "chat",
        workload: "chat",
        identity: { name: "chat", component: "socket" },
        replicas: chat.replicas,
        serves: true,
        resources: chat.resources,
        stop: { key: "chat.drainSeconds", waits: [edge.upstreamPreStopSeconds, chat.drainSeconds] },
        connections: { key: "chat.connections", each: chat.connections },
        egress: { key: "chat.egress", list: chat.egress },
      },
    ],
    jobs: [
      {
        who: "chat's migration",
        kind: "release",
        most: releasesAtOnce,
        resources: fixedSizes.chatMigration,
        connections: 1,
      },
    ],
    variables: [{ layer: "chat", env: chat.env, secretEnv: chat.secretEnv }],
  };
}

/** The clustered Elixir chat. */
export const chatApp = {
  layers: { chat: { meaning: "the clustered Elixir chat", schema: chat } },
  spec,
  load: () => import("./create"),
};
