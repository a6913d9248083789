import { text as readAll } from "node:stream/consumers";
import type { ConsoleSpec } from "../../../components/apps/shared/console";
import { UserError } from "../../../lib/userError";
import { accessTo } from "../../cluster/access";
import { cpu, memory, seconds } from "../../cluster/amounts";
import { appNames, appOf, shellOf } from "../../cluster/apps";
import { openConsole, passedOn } from "../../cluster/console";
import type { CommandSpec, Invocation } from "../../core/command";

/** `switchboard console`: a console of the live image and configuration, in a pod of its own. */
export const command: CommandSpec = {
  name: "console",
  summary: "open a console of the panel or the chat, in a pod of its own",
  description:
    "It creates a pod with the image, variables, files and rights of the running app, and with memory of its own. " +
    "So it touches no pod that serves, and gets no traffic. The pod is deleted when the console ends, at Ctrl-C, " +
    "or when the terminal is lost. Kubernetes ends it after --ttl in any case. The panel's console is a Node.js " +
    "prompt with db, redis, queue and models. The chat's console is an IEx prompt inside a live node. Without a " +
    "terminal it runs the script on stdin and exits with its code. For the panel the script is the body of an " +
    "async function; its returned value is printed. The terminal, the pod and a cluster event record who opened " +
    "the console, and when. What was typed is not recorded.",
  arguments: [{ name: "<app>", description: "whose console", choices: appNames, open: true }],
  options: [
    { flags: "-e, --expression <expression>", description: "print the value of one expression" },
    { flags: "--shell", description: "a plain shell of the image instead" },
    {
      flags: "--ttl <time>",
      description: "how long it may last at most",
      default: "1h",
      parse: (text) => seconds(text, 10, 24 * 3600),
    },
    { flags: "--memory <amount>", description: "limit of memory, as 512Mi", parse: memory },
    { flags: "--cpu <cores>", description: "limit of CPU, as 500m", default: "1", parse: cpu },
  ],
  examples: [
    ["switchboard console panel", "a prompt with the panel's database, queue and models"],
    ["switchboard console panel -e 'models.users.countUsers(db)'", "one value, for a script"],
    ["switchboard console panel < report.js", "a script; what it returns is printed"],
    ["switchboard console chat --stack prod", "an IEx prompt in a live node of production"],
    ["switchboard console chat -e 'Node.list()'", "what a live node of the chat sees"],
  ],
  access: "write",
  async run({ io, target, arguments: given, options }: Invocation) {
    const app = given.app as string;
    const { workload, console: own } = appOf(app, target);
    const console = own ?? (options.shell === true ? shellOf(workload) : undefined);
    if (!console) {
      throw new UserError(`${app} has no console`, `give it one in the settings: apps.${app}.console; or use --shell`);
    }
    const script = await scriptOf(options.expression, console, options.shell === true);
    const { kubectl, close } = await accessTo(target, { signal: io.signal, note: io.note });
    try {
      const exitCode = await openConsole(
        kubectl,
        {
          ...{ app, console, script, stack: target.stack, shell: options.shell === true },
          ttlSeconds: secondsOf(options.ttl),
          limits: { cpu: options.cpu as string, memory: (options.memory as string | undefined) ?? console.memory },
        },
        io,
      );
      return passedOn(exitCode);
    } finally {
      close();
    }
  },
};

/** A default is not parsed by the command line. */
function secondsOf(value: number | string): number {
  return typeof value === "number" ? value : seconds(value, 10, 24 * 3600);
}

async function scriptOf(
  expression: string | undefined,
  { expressionScript, longest }: ConsoleSpec,
  shell: boolean,
): Promise<string | undefined> {
  const piped = expression === undefined && !process.stdin.isTTY;
  if (expression === undefined && !piped) return undefined;
  const text = piped ? await readAll(process.stdin) : expression!;
  if (!text.trim()) {
    throw new UserError(
      piped ? "there is no terminal, and stdin is empty" : "the expression is empty",
      "run it on a terminal, give -e EXPRESSION, or pipe a script in",
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > longest) {
    throw new UserError(`the script has ${bytes} bytes; at most ${longest} can be passed on`, "make it shorter");
  }
  return piped || shell ? text : expressionScript(text);
}
