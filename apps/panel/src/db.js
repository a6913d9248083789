import pg from "pg";

// bigint columns here are counters and sequence numbers far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * @typedef {object} Queryable What a model needs: the pool, or one client inside a transaction.
 * @property {(text: string, values?: unknown[]) => Promise<import("pg").QueryResult<any>>} query
 */

/** SQLSTATE `deadlock_detected` and `serialization_failure`: the transaction left nothing, and may well do a second time. */
const endedForAnother = new Set(["40P01", "40001"]);

/**
 * The pool of connections to Postgres. A lost idle connection is logged and replaced, it does not end the process.
 *
 * @param {import("./config.js").Config} config
 * @param {import("./logger.js").Logger} log
 */
export function openDatabase(config, log) {
  const pool = new pg.Pool({
    ...config.postgres,
    application_name: `panel-${config.role}@${config.pod}`.slice(0, 63),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    // A pod that hangs in one statement would hang through its whole shutdown, too.
    statement_timeout: Math.max(10, config.role === "worker" ? config.jobTimeoutSeconds : 0) * 1_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  });
  // A connection that is lost while a transaction holds it says so here too, and without a listener that would end the
  // process; the transaction's own query fails and is told.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", (error) => log.warn({ err: error }, "an idle connection to Postgres was lost"));

  /**
   * @template T
   * @param {(tx: Queryable) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function once(work) {
    const client = await pool.connect();
    /** @type {Error | undefined} */
    let broken;
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((/** @type {Error} */ lost) => {
        broken = lost;
      });
      throw error;
    } finally {
      // A client that could not even roll back has lost its connection and must not return to the pool.
      client.release(broken);
    }
  }

  return {
    pool,
    /** @type {Queryable["query"]} */
    query: (text, values) => pool.query(text, values),
    /**
     * Runs `work` in one transaction: all of it is stored, or nothing. Where Postgres ended it for another one's sake
     * (a deadlock), it is run again, at most three times in all: so `work` must do nothing that may not be done twice.
     *
     * @template T
     * @param {(tx: Queryable) => Promise<T>} work
     * @returns {Promise<T>}
     */
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(work);
        } catch (error) {
          const { code } = /** @type {{ code?: string }} */ (error);
          if (attempt === 3 || !endedForAnother.has(String(code))) throw error;
          log.warn({ code, attempt }, "a transaction was ended for another one's sake and is run again");
        }
      }
    },
    close: () => pool.end(),
  };
}
/** @typedef {ReturnType<typeof openDatabase>} Database */
