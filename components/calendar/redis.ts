import type { SupportTable } from "./model";

/**
 * Minor versions of Redis. The project names no day beforehand: a line without one still had security fixes when its page
 * was read. Ends: https://endoflife.date/redis (products/redis.md of github.com/endoflife-date/endoflife.date); lines:
 * https://redis.io/docs/latest/operate/oss_and_stack/stack-with-enterprise/release-notes/redisce/; as it stood on 2026-02-23.
 */
export const redis: SupportTable = {
  source: "https://endoflife.date/redis",
  readAt: "2026-02-23",
  lines: {
    "6.0": { until: "2022-05-31" },
    "7.0": { until: "2024-07-29" },
    "7.2": {},
    "7.4": {},
    "8.0": { until: "2026-02-11" },
    "8.2": {},
    "8.4": {},
    "8.6": {},
    "8.8": {},
    "8.10": {},
  },
};
