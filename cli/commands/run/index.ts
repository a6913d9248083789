import { UserError } from "../../../lib/userError";
import { accessTo } from "../../cluster/access";
import { cpu, memory, seconds, variable } from "../../cluster/amounts";
import { appNames, appOf } from "../../cluster/apps";
import { passedOn } from "../../cluster/console";
import type { CommandSpec, Invocation } from "../../core/command";
import { refuseUnsplit, runJob } from "./runJob";

const longest = 7 * 24 * 3600;

/** `switchboard run`: one command, once, with the live image and configuration of an app. */
export const command: CommandSpec = {
  name: "run",
  summary: "run one command with an app's live image and configuration",
  description:
    "The command runs once, in a Job with a pod of its own, and is never repeated. It shows the log and exits " +
    "with the command's exit code. After --timeout that is 124, as with timeout(1). The Job is deleted at its end " +
    "and at Ctrl-C. With --detach it continues alone, and is kept with its log for a day. Everybody who may read " +
    "Jobs can read the command and --env. So put secrets into the stack's settings.",
  arguments: [{ name: "<app>", description: "whose image and configuration", choices: appNames, open: true }],
  options: [
    { flags: "--env <name=value>", description: "one more variable", parse: variable, repeatable: true },
    { flags: "--name <name>", description: "name of the Job", parse: jobName },
    {
      flags: "--timeout <time>",
      description: "give it up after this time",
      default: "1h",
      parse: (text) => seconds(text, 1, longest),
    },
    { flags: "--detach", description: "do not wait for it" },
    { flags: "--memory <amount>", description: "limit of memory, as 512Mi", default: "512Mi", parse: memory },
    { flags: "--cpu <cores>", description: "limit of CPU, as 500m", default: "1", parse: cpu },
  ],
  examples: [
    ["switchboard run panel -- node src/main.js cleanup", "the nightly cleanup, now"],
    ["switchboard run panel --timeout 10m -- node -e 'console.log(process.version)'", "any program of the image"],
    ["switchboard run panel --detach --memory 2Gi -- node src/main.js cleanup", "start it and leave"],
    ["switchboard run chat -- /app/bin/chat eval 'Chat.Release.migrate()'", "the chat's migrations, by hand"],
  ],
  access: "write",
  async run({ io, target, arguments: given, options, rest }: Invocation) {
    refuseUnsplit(rest);
    const app = given.app as string;
    const pairs = (options.env ?? []) as ReturnType<typeof variable>[];
    const environment = Object.fromEntries(pairs);
    if (Object.keys(environment).length < pairs.length)
      throw new UserError("--env names one variable twice", "give each variable once");
    const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
    try {
      const exitCode = await runJob(
        kubectl,
        {
          ...{
            app,
            workload: appOf(app, target).workload,
            stack: target.stack,
            command: rest,
            environment,
            name: options.name,
          },
          timeoutSeconds: typeof options.timeout === "number" ? options.timeout : seconds(options.timeout, 1, longest),
          limits: { cpu: options.cpu as string, memory: options.memory as string },
          detach: options.detach === true,
        },
        io,
      );
      return passedOn(exitCode);
    } finally {
      close();
    }
  },
};

/** A DNS label with room for what Kubernetes puts behind it in the pod's name. */
function jobName(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,55}[a-z0-9])?$/.test(text))
    throw new Error(`${JSON.stringify(text)} must be at most 57 small letters, digits and - (not at either end)`);
  return text;
}
