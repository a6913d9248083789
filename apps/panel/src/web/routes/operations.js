import { z } from "zod";
import { listActivity } from "../../models/activity.js";
import { countEvents, eventKinds, recordEvent } from "../../models/events.js";
import { queueNumbers } from "../../queue.js";

const activityQuery = z.object({
  kind: z.enum(Object.keys(eventKinds)).optional().catch(undefined),
  at: z
    .string()
    .max(40)
    .regex(/^[\d :.+-]+$/)
    .optional()
    .catch(undefined),
  id: z.uuid().optional().catch(undefined),
});

/**
 * What administrators look at: activity, workers and health.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function operationsRoutes(app, { config, db, redis, health }) {
  app.get("/activity", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { kind, at, id } = activityQuery.parse(request.query);
    const before = at && id ? { at, id } : undefined;
    const [activity, waiting] = await Promise.all([listActivity(db, { kind, before }), countEvents(db)]);
    return reply.page("activity", { ...activity, kind, before, waiting });
  });

  app.get("/workers", async (/** @type {any} */ _request, /** @type {any} */ reply) =>
    reply.page("workers", { outbox: await countEvents(db), queue: await numbers(redis) }),
  );

  app.post("/workers/check", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    await db.transaction((tx) =>
      recordEvent(tx, { kind: "worker.checked", actor: request.user, requestId: request.id }),
    );
    return reply.redirect("/workers?notice=worker-asked", 303);
  });

  app.get("/health", async (/** @type {any} */ _request, /** @type {any} */ reply) => {
    const [outbox, numbersNow, missing] = await Promise.all([
      countEvents(db),
      numbers(redis),
      health.missingMigrations(),
    ]);
    return reply.page("health", {
      dependencies: health.status(),
      queue: numbersNow,
      outbox,
      missing,
      started: new Date(Date.now() - process.uptime() * 1000),
      memoryMiB: Math.round(process.memoryUsage().rss / 1024 / 1024),
      node: process.version,
      publicUrl: config.publicUrl,
      chatUrl: config.chatUrl,
    });
  });
}

/** The numbers of the queue, or undefined while Redis is away: these pages are for such moments. */
async function numbers(/** @type {import("../../redis.js").RedisConnection} */ redis) {
  return queueNumbers(redis).catch(() => undefined);
}
