import type { Edit, Situation } from "../situation";

const image =
  (tag: string): Edit =>
  ({ panel, chat }) => {
    panel.image = { ...panel.image, source: undefined, tag: undefined };
    panel.image = `${panel.image.repository}:${tag}`;
    chat.image = `${chat.image.repository}:${tag}`;
  };
const digest = (digit: string) => `1.4.${digit}@sha256:${digit.repeat(64)}`;

/** Changes of the apps: what most pull requests are. */
export const apps: readonly Situation[] = [
  {
    name: "image-change",
    about: "the panel and the chat move to new images, so both are migrated",
    stack: "prod",
    from: image(digest("1")),
    to: image(digest("2")),
  },
  {
    name: "image-change-dev",
    about: "the same pull request on the other stack",
    stack: "dev",
    from: image("1.4.1"),
    to: image("1.4.2"),
  },
  {
    name: "replicas-up",
    about: "the panel gets two more pods",
    stack: "prod",
    to: ({ panel }) => {
      panel.replicas = 5;
    },
  },
  {
    name: "replicas-down",
    about: "the chat loses a pod",
    stack: "prod",
    to: ({ chat }) => {
      chat.replicas = 2;
    },
  },
  {
    name: "workers-none",
    about: "no worker runs any more",
    stack: "prod",
    to: ({ workers }) => {
      workers.replicas = 0;
    },
  },
  {
    name: "env-variable",
    about: "a variable is put among the panel's others",
    stack: "prod",
    from: ({ panel }) => {
      panel.env = { FEATURE_ROOMS: "off", SENTRY_ENVIRONMENT: "production" };
    },
    to: ({ panel }) => {
      panel.env = { FEATURE_ROOMS: "on", FEATURE_SEARCH: "on", SENTRY_ENVIRONMENT: "production" };
    },
  },
  {
    name: "memory",
    about: "the chat gets more memory and processor",
    stack: "prod-eks",
    to: ({ chat }) => {
      chat.resources = { cpu: "1", memory: "1Gi" };
    },
  },
  {
    name: "schedule-new",
    about: "a command is run by time",
    stack: "dev",
    to: ({ panel }) => {
      panel.schedules.report = {
        cron: "0 6 * * 1",
        timeZone: "Europe/Paris",
        command: ["node", "src/main.js", "cleanup"],
      };
    },
  },
  {
    name: "schedule-removed",
    about: "a command is no longer run, and its component goes",
    stack: "dev",
    from: ({ panel }) => {
      panel.schedules.report = {
        cron: "0 6 * * 1",
        timeZone: "Europe/Paris",
        command: ["node", "src/main.js", "cleanup"],
      };
    },
  },
  {
    name: "schedule-time",
    about: "a command is run at another time",
    stack: "prod",
    to: ({ panel }) => {
      panel.schedules.cleanup.cron = "30 4 * * *";
    },
  },
  {
    name: "log-level",
    about: "everything logs more, so every pod is exchanged",
    stack: "prod",
    to: ({ operations }) => {
      operations.logLevel = "debug";
    },
  },
];
