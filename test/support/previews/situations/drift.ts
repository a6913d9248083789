import type { Drifted } from "../drifted";
import type { Situation } from "../situation";

const refresh = ["refresh", "--preview-only"];
/** What somebody did with kubectl and in the cloud's console. */
const byHand: Drifted = {
  "panel-deployment": {
    properties: {
      "spec.replicas": 1,
      'metadata.annotations["kubectl.kubernetes.io/restartedAt"]': "2026-11-20T22:13:05Z",
    },
  },
  "chat-service": { properties: { "spec.type": "LoadBalancer" } },
  "policies-deny-all": { gone: true },
};

/** What a look at the real thing finds. */
export const drift: readonly Situation[] = [
  {
    name: "drift-none",
    about: "everything is as the state says",
    stack: "dev",
    command: refresh,
    flags: ["--json"],
    drifted: {},
  },
  {
    name: "drift",
    about: "somebody scaled the panel down, opened the chat and deleted a policy",
    stack: "dev",
    command: refresh,
    flags: ["--json"],
    drifted: byHand,
  },
  {
    name: "drift-cloud",
    about: "somebody turned the database's protection off and its backups, and deleted the static address",
    stack: "prod",
    command: refresh,
    flags: ["--json"],
    drifted: {
      "postgres-instance": {
        properties: {
          "settings.deletionProtectionEnabled": false,
          "settings.backupConfiguration.enabled": false,
          "settings.ipConfiguration.ipv4Enabled": true,
          "settings.ipConfiguration.authorizedNetworks": [{ name: "home", value: "0.0.0.0/0" }],
        },
      },
      "cluster-entrance-address": { gone: true },
    },
  },
  {
    name: "drift-expected-none",
    about: "the same as a scheduled check asks for it: it fails when it finds something",
    stack: "dev",
    command: refresh,
    flags: ["--json", "--expect-no-changes"],
    drifted: byHand,
  },
  {
    name: "preview-refresh",
    about: "a preview that looks first: what was done by hand is found, and would be undone",
    stack: "dev",
    flags: ["--json", "--show-sames", "--refresh"],
    drifted: byHand,
    to: ({ panel }) => {
      panel.replicas = 3;
    },
  },
];
