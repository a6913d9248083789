/** The parts of the platform, in the order in which they are told. */
export const tiers = ["edge", "panel", "workers", "chat", "jobs", "postgres", "redis"] as const;
export type Tier = (typeof tiers)[number];

const byRole: Readonly<Record<string, Tier>> = {
  "edge/proxy": "edge",
  "panel/web": "panel",
  "panel/worker": "workers",
  "chat/socket": "chat",
  "postgres/server": "postgres",
  "redis/server": "redis",
};

/** What everything of the platform carries; selectors are made of it. */
export const platformSelector = "app.kubernetes.io/part-of=switchboard";

/** Labels of an object; migrations, scheduled and other jobs are one tier. */
export function tierOf(labels: Readonly<Record<string, string>> | undefined): Tier {
  return byRole[`${labels?.["app.kubernetes.io/name"]}/${labels?.["app.kubernetes.io/component"]}`] ?? "jobs";
}
