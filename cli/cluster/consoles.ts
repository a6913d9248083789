import { UserError } from "../../lib/userError";
import type { Kubectl } from "./kubectl";

/** How the console of one app is used. */
export interface Console {
  /** The Deployment whose image and configuration it has. */
  readonly workload: string;
  /** A limit with room for the console and for what is asked of it. */
  readonly memory: string;
  /** The prompt on a terminal. */
  readonly prompt: readonly string[];
  /** Runs the script that comes on stdin, prints what it returns, and ends with 0 unless it failed. */
  readonly script: readonly string[];
  /** A script that prints the value of an expression. */
  readonly expressionScript: (expression: string) => string;
  /** Longest script, in bytes. */
  readonly longest: number;
  /** Variables that the pod is given on top of the app's own. */
  readonly environment: (kubectl: Kubectl) => Promise<Readonly<Record<string, string>>>;
  /** What a person at the prompt must know. */
  readonly warning?: string;
}

/** A script goes by stdin: as an argument it would be in the API server's log of requests and in lists of processes. */
export const consoles: Readonly<Record<"panel" | "chat", Console>> = {
  panel: {
    workload: "panel",
    memory: "512Mi",
    prompt: ["node", "src/main.js", "console"],
    script: ["node", "src/main.js", "console", "-"],
    expressionScript: (expression) => `return (${expression}\n);`,
    longest: 1024 * 1024,
    environment: async () => ({}),
  },
  chat: {
    workload: "chat",
    memory: "256Mi",
    prompt: ["/app/bin/chat", "remote"],
    script: ["sh", "-c", 'exec /app/bin/chat rpc "$(cat)"'],
    expressionScript: (expression) =>
      `value = (${expression}\n)\nif is_binary(value) and String.valid?(value), do: IO.puts(value), ` +
      "else: IO.inspect(value, limit: :infinity, printable_limit: :infinity)",
    // One argument of a process may have 128 KiB (execve(2)).
    longest: 120 * 1024,
    // The release's script connects to the node at POD_IP, which is its own pod's everywhere else.
    environment: async (kubectl) => ({ POD_IP: await liveNode(kubectl) }),
    warning: "what is typed runs inside a live node of the chat: System.stop() would end it",
  },
};

/** A shell instead of the app's console. */
export const shell = { prompt: ["sh"], script: ["sh", "-s"] } as const;

interface ChatPod {
  readonly metadata: { readonly creationTimestamp: string; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The address of a chat pod that serves: the newest, which a rollout takes away last. */
async function liveNode(kubectl: Kubectl): Promise<string> {
  const pods = await kubectl.list<ChatPod>(
    "pods",
    "--selector=app.kubernetes.io/name=chat,app.kubernetes.io/component=socket",
  );
  const address = newestReady(pods);
  if (address) return address;
  throw new UserError(
    `no pod of the chat is ready (${pods.length} there), so there is no live node to talk to`,
    "see why: switchboard status; a shell of the image needs no live node: switchboard console chat --shell",
  );
}

/** The address of the newest pod that is ready and not on its way out. */
function newestReady(pods: readonly ChatPod[]): string | undefined {
  return pods
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .filter(({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"))
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))
    .flatMap(({ status }) => status?.podIP ?? [])[0];
}
