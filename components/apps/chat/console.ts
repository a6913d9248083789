import type { ConsoleSpec } from "../shared/console";

/** The chat's console: an IEx prompt inside a live node. */
export const chatConsole: ConsoleSpec = {
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
  livePod: { identity: { name: "chat", component: "socket" }, variable: "POD_IP" },
  warning: "what is typed runs inside a live node of the chat: System.stop() would end it",
};
