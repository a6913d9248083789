import { whole } from "../../schema/fields";

/** How many pods of an app serve. */
export const replicas = (meaning: string) =>
  whole(1, 100, "", "2 or more for releases without downtime")
    .prefault(2)
    .describe(`${meaning}; with 1, each loss of a node or pod is an outage`);

/** How many connections to Postgres each pod opens. */
export const connections = (of: string) =>
  whole(1, 100).prefault(5).describe(`database connections of each pod of ${of}`);
