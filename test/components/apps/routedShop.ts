/** What protects an address of the shop. */
export const password = "correct-horse-battery";
/** An app with every option of its addresses, and one that calls it. */
export const routedApps = () => ({
  shop: {
    image: "registry.example/shop:1.2",
    processes: {
      web: {
        port: 8443,
        tls: "platform",
        probe: { kind: "http", ready: "/up" },
        route: [
          { host: "shop.example.com", websocket: true },
          { host: "www.example.com", path: "/shop", stripPath: false, bodySize: "200m", timeoutSeconds: 120 },
          {
            host: "shop.example.com",
            path: "/admin",
            loginPath: "/login",
            allow: ["192.0.2.0/24"],
            basicAuth: { ann: password, "bob@example.com": password },
          },
        ] as any,
      },
      api: { port: 9443, tls: "own", route: { host: "api.example.com" } },
    } as Record<string, any>,
  },
  desk: {
    image: "registry.example/desk:1",
    uses: { apps: ["shop/web", "shop/api"] },
    processes: { web: {} },
    release: { command: ["bin/release"] },
  },
});
