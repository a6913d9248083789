/**
 * What the kubelet asks. `livez` looks at nothing outside: a restart does not bring a database back. `readyz` stays
 * green while draining, so that requests still on their way to this pod are answered.
 *
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../app.js").Parts} parts
 */
export async function probeRoutes(app, { health, life, config }) {
  // Quiet: three probes every few seconds would be most of the log.
  const options = { config: { logLevel: "trace" } };
  app.addHook("onSend", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });

  app.get("/livez", options, async () => ({ status: "live" }));

  app.get("/readyz", options, async (_request, reply) => {
    const ready = life.draining || health.isReady();
    reply.code(ready ? 200 : 503);
    return { status: life.draining ? "draining" : ready ? "ready" : "not ready", ...health.status() };
  });

  app.get("/startupz", options, async (_request, reply) => {
    try {
      const missing = await health.missingMigrations();
      if (missing.length === 0) return { status: "started", version: config.version };
      return reply.code(503).send({ status: "waiting for migrations", missing });
    } catch (error) {
      return reply.code(503).send({ status: "waiting for Postgres", reason: /** @type {Error} */ (error).message });
    }
  });
}
