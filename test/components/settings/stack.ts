import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettingsContext } from "../../../components/schema/context";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import type { WithOwnApps } from "../../support/ownApps";

/** Settings as they stand in a stack's file; tests change a copy. */
export type Raw = Record<string, any>;

/** A repository with one image source and one kubeconfig, made once for a test file. */
export const root = mkdtempSync(join(tmpdir(), "switchboard-settings-"));
mkdirSync(join(root, "apps", "panel"), { recursive: true });
writeFileSync(join(root, "apps", "panel", "main.js"), "");
writeFileSync(
  join(root, "kubeconfig"),
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443" } }],
    users: [{ name: "u", user: { token: "cluster-token" } }],
    contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
  }),
);
process.on("exit", () => require("node:fs").rmSync(root, { recursive: true, force: true }));

export const context: SettingsContext = {
  stack: "dev",
  project: "switchboard",
  root,
  home: "/home/nobody",
  kubeconfig: join(root, "kubeconfig"),
  path: "/nowhere",
  now: new Date("2026-11-21T00:00:00Z"),
  secretLayers: new Set(),
};

/** The least that a stack must say. */
export function leastSettings(): Raw {
  return {
    cluster: { kind: "existing", context: "here" },
    postgres: { kind: "inCluster", image: "docker.io/library/postgres:15-bookworm" },
    redis: { kind: "inCluster", image: "docker.io/library/redis:7.0-bookworm" },
    panel: {
      image: { repository: "localhost/switchboard/panel", source: "apps/panel" },
      firstAdministrator: "admin@panel.localhost",
    },
    chat: { image: "localhost:5000/switchboard/chat:1.0.0" },
    edge: {
      image: "docker.io/library/nginx:1.22.1",
      panel: { host: "panel.localhost" },
      chat: { host: "chat.localhost" },
      certificate: { kind: "selfSigned" },
    },
  };
}

/** Parses the least settings after `change` was made to them. */
export function parse(change: (raw: Raw) => void = () => {}, given: Partial<SettingsContext> = {}): WithOwnApps {
  const raw = leastSettings();
  change(raw);
  return parseSettings(raw, { ...context, ...given }) as WithOwnApps;
}

/** The errors that `change` causes. */
export function problems(change: (raw: Raw) => void, given: Partial<SettingsContext> = {}): readonly string[] {
  try {
    parse(change, given);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
