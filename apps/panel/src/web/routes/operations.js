import { z } from "zod";
import { listActivity } from "../../models/activity.js";
import { countEvents, eventKinds, recordEvent } from "../../models/events.js";
import { queueNumbers } from "../../queue.js";
import { isRefusal } from "../../refusals.js";

const activityQuery = z.object({
  kind: z.enum(Object.keys(eventKinds)).optional().catch(undefined),
  // Microseconds since 1970: a number cannot be a date that does not exist.
  at: z
    .string()
    .regex(/^\d{1,17}$/)
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
  /**
   * The numbers of the queue, or why there are none: these pages are for such moments. Redis that refuses a command is
   * not Redis that is away, and waiting does not help.
   */
  const queueNow = async (/** @type {any} */ request) => {
    try {
      return { queue: await queueNumbers(redis, request.log) };
    } catch (error) {
      const refused = isRefusal(error);
      request.log[refused ? "error" : "warn"]({ err: error }, "the queue cannot be looked at");
      return { queueProblem: refused ? "refused" : "away" };
    }
  };

  app.get("/activity", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { kind, at, id } = activityQuery.parse(request.query);
    const before = at && id ? { at, id } : undefined;
    const [activity, waiting] = await Promise.all([listActivity(db, { kind, before }), countEvents(db)]);
    return reply.page("activity", { ...activity, kind, before, waiting });
  });

  app.get("/workers", async (/** @type {any} */ request, /** @type {any} */ reply) =>
    reply.page("workers", { outbox: await countEvents(db), ...(await queueNow(request)) }),
  );

  app.post("/workers/check", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    await db.transaction((tx) =>
      recordEvent(tx, { kind: "worker.checked", actor: request.user, requestId: request.id }),
    );
    return reply.redirect("/workers?notice=worker-asked", 303);
  });

  app.get("/health", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const [outbox, numbersNow, missing] = await Promise.all([
      countEvents(db),
      queueNow(request),
      health.missingMigrations(),
    ]);
    return reply.page("health", {
      dependencies: health.status(),
      ...numbersNow,
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
