import type { Catalog } from "../core/catalog";

/**
 * Every command of `switchboard`, in the order of the overview. A command is imported when it is called, so that
 * `switchboard --help` and completion load none.
 */
export const catalog: Catalog = [
  {
    name: "doctor",
    group: "Plan",
    summary: "look for everything that would keep a stack from coming up, with the fix for each",
    load: async () => (await import("./doctor")).command,
  },
  {
    name: "preview",
    group: "Plan",
    summary: "show what a stack is made of; with --live what an up would change",
    load: async () => (await import("./preview")).command,
  },
  {
    name: "cost",
    group: "Plan",
    summary: "estimate what a stack costs a month",
    load: async () => (await import("./cost")).command,
  },
  {
    name: "diagram",
    group: "Plan",
    summary: "draw what runs in a stack and what connects to what",
    load: async () => (await import("./diagram")).command,
  },
  {
    name: "new-stack",
    group: "Deploy",
    summary: "make the file of a new stack: asks what only you know and checks each answer",
    load: async () => (await import("./newStack")).command,
  },
  {
    name: "up",
    group: "Deploy",
    summary: "bring a stack up, or change what differs",
    load: async () => (await import("./up")).command,
  },
  {
    name: "down",
    group: "Deploy",
    summary: "stop the local nodes, or destroy a stack elsewhere",
    load: async () => (await import("./down")).command,
  },
  {
    name: "status",
    group: "Observe",
    summary: "say whether a stack is healthy, which version of what runs, and where its addresses are",
    load: async () => (await import("./status")).command,
  },
  {
    name: "logs",
    group: "Observe",
    summary: "show the logs of all parts of a stack as one, in the order of time",
    load: async () => (await import("./logs")).command,
  },
  {
    name: "drift",
    group: "Observe",
    summary: "find what was changed by hand since the last up",
    load: async () => (await import("./drift")).command,
  },
  {
    name: "versions",
    group: "Observe",
    summary: "list what is newer than what a stack runs, and until when that is supported",
    load: async () => (await import("./versions")).command,
  },
  {
    name: "backup",
    group: "Data",
    summary: "make a backup of a stack's database now",
    load: async () => (await import("./backup")).command,
  },
  {
    name: "backups",
    group: "Data",
    summary: "list the backups of a stack's database, and how far back a restore can go",
    load: async () => (await import("./backups")).command,
  },
  {
    name: "restore",
    group: "Data",
    summary: "restore a stack's backups into a second server, and compare it with the first",
    load: async () => (await import("./restore")).command,
  },
  {
    name: "upgrade",
    group: "Data",
    summary: "rehearse another major version of Postgres in a second server",
    load: async () => (await import("./upgrade")).command,
  },
  {
    name: "switch",
    group: "Data",
    summary: "let the apps use the second Postgres server, and keep the first",
    load: async () => (await import("./switch")).command,
  },
  {
    name: "console",
    group: "Access",
    summary: "open a console of the panel or the chat, in a pod of its own",
    load: async () => (await import("./console")).command,
  },
  {
    name: "run",
    group: "Access",
    summary: "run one command with an app's live image and configuration",
    load: async () => (await import("./run")).command,
  },
  {
    name: "pulumi",
    group: "Access",
    summary: "run the Pulumi CLI with the backend, passphrase and kubeconfig of up",
    load: async () => (await import("./pulumi")).command,
  },
  {
    name: "comment",
    group: "CI and shells",
    summary: "render what a change would do as a pull request's comment, and post it",
    load: async () => (await import("./comment")).command,
  },
  {
    name: "completion",
    group: "CI and shells",
    summary: "print what a shell needs to complete commands, options and stacks",
    load: async () => (await import("./completion")).command,
  },
];
