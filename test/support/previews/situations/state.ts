import { committedStacks } from "../../plan";
import { named, type Situation } from "../situation";

const first = committedStacks.map(
  (stack): Situation => ({
    name: `first-up-${stack}`,
    about: `stack ${stack} does not exist yet`,
    stack,
    from: "nothing",
  }),
);
const nothing = committedStacks.map(
  (stack): Situation => ({ name: `nothing-${stack}`, about: `nothing changes in stack ${stack}`, stack }),
);
const service = "urn:pulumi:prod::switchboard::switchboard:apps:Panel$kubernetes:core/v1:Service::panel-service";

/** Beginnings, standstill, and states that something unusual has left. */
export const state: readonly Situation[] = [
  ...nothing,
  ...first,
  {
    name: "nothing-short",
    about: "nothing changes, and the CLI was not asked for what stays the same",
    stack: "prod",
    flags: ["--json"],
  },
  {
    name: "replicas-up-short",
    about: "the panel gets two more pods, and the CLI was not asked for what stays the same",
    stack: "prod",
    to: ({ panel }) => {
      panel.replicas = 5;
    },
    flags: ["--json"],
  },
  {
    name: "pending-operation",
    about: "an earlier update was killed while it made the chat's deployment",
    stack: "dev",
    pending: (resources) => [{ resource: named(resources, "chat-deployment"), type: "updating" }],
    to: ({ chat }) => {
      chat.replicas = 3;
    },
  },
  {
    name: "pending-replacement",
    about: "an earlier update deleted a job and ended before it made the new one",
    stack: "dev",
    state: (resources) => {
      const job = resources.find(
        ({ type, urn }) => type === "kubernetes:batch/v1:Job" && urn.includes("panel-migrate"),
      )!;
      job.pendingReplacement = true;
    },
  },
  {
    name: "left-for-deletion",
    about: "an earlier update made a new ConfigMap and ended before it deleted the old one",
    stack: "dev",
    state: (resources) => {
      const config = named(resources, "edge-config");
      resources.push({ ...structuredClone(config), id: "switchboard/edge-config-old", delete: true });
    },
  },
  {
    name: "component-removed",
    about: "a component that the program no longer has, with what is in it",
    stack: "prod",
    state: (resources) => {
      const parts = resources.filter(({ urn }) => /switchboard:apps:Workers/.test(urn));
      const renamed = (text: string) =>
        text.replace(/::workers/g, "::mailer").replaceAll("switchboard:apps:Workers", "switchboard:apps:Mailer");
      for (const part of parts) resources.push(JSON.parse(renamed(JSON.stringify(part))));
      for (const part of resources.slice(-parts.length)) part.type = part.type.replace(/Workers$/, "Mailer");
    },
  },
  {
    name: "replace-asked",
    about: "a person asks for a new Service",
    stack: "prod",
    flags: ["--json", "--show-sames", "--replace", service],
  },
  {
    name: "targeted",
    about: "only the panel's deployment is looked at, though more would change",
    stack: "prod",
    to: ({ panel, chat }) => {
      panel.replicas = 4;
      chat.replicas = 4;
    },
    flags: ["--json", "--show-sames", "--target", "**panel-deployment"],
  },
  {
    name: "import",
    about: "a ConfigMap that somebody made by hand is taken into the stack",
    stack: "dev",
    drifted: {
      legacy: {
        properties: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "legacy" }, data: { mode: "old" } },
      },
    },
    command: ["import", "kubernetes:core/v1:ConfigMap", "legacy", "switchboard/legacy", "--preview-only"],
    flags: ["--json", "--generate-code=false"],
  },
];
