/** What the kubelet asks of the panel, and nobody else (apps/panel/src/web/routes/probes.js). */
export const panelProbes = ["/livez", "/readyz", "/startupz"] as const;

/**
 * The first part of every path that the panel answers (apps/panel/src/web): below none of them may the chat have its
 * path, where both share a host. A page of the panel's that is new gets its line here.
 */
export const panelParts: readonly string[] = [
  ...panelProbes.map((path) => path.slice(1)),
  ...["account", "activity", "assets", "chat", "favicon.ico", "health"],
  ...["login", "logout", "rooms", "users", "workers"],
];
