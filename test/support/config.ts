/** A small stack with every setting that has no default; tests change what they are about. */
export function smallConfig(changes: Readonly<Record<string, object>> = {}): Record<string, unknown> {
  const layers: Record<string, object> = {
    cluster: { kind: "existing", context: "switchboard-local" },
    postgres: { kind: "inCluster", image: "registry.example/postgres:15.4" },
    redis: { kind: "inCluster", image: "registry.example/redis:7.0" },
    panel: { image: "registry.example/panel:1.0.0", firstAdministrator: "admin@example.com" },
    workers: {},
    chat: { image: "registry.example/chat:1.0.0" },
    edge: {
      image: "registry.example/nginx:1.22.1",
      panel: { host: "panel.example.com" },
      chat: { host: "chat.example.com" },
      certificate: { kind: "selfSigned" },
    },
    operations: { stage: "test" },
  };
  return Object.fromEntries(
    Object.entries(layers).map(([layer, value]) => [`switchboard:${layer}`, { ...value, ...changes[layer] }]),
  );
}
