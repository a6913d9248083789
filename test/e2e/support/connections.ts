import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { allProcesses } from "../../../sandbox/nodes/cgroups";

/** A connection to try. */
export interface Attempt {
  readonly host: string;
  readonly port: number;
  /** A DNS question by UDP instead of a TCP connection. */
  readonly udp?: boolean;
  /** Seconds after which silence is the answer. */
  readonly seconds: number;
}

/**
 * What became of an attempt. `connected` and `closed` (nobody listens there) both say that the packets came through and
 * back; `silent` says that they did not, which is what a network policy does.
 */
export type Answer = "connected" | "closed" | "silent" | string;

/** Runs in the network namespace of a pod, as text: nothing of this repository has to be readable there. */
const prober = `
const { connect } = require("node:net");
const { createSocket } = require("node:dgram");
const question = Buffer.from("1234010000010000000000000a6b756265726e657465730764656661756c740373766307636c7573746572056c6f63616c0000010001", "hex");
const tcp = ({ host, port, seconds }) => new Promise((resolve) => {
  const socket = connect({ host, port });
  const end = (answer) => { clearTimeout(timer); socket.destroy(); resolve(answer); };
  const timer = setTimeout(end, seconds * 1000, "silent");
  socket.once("connect", () => end("connected"));
  socket.once("error", (error) => end(error.code === "ECONNREFUSED" ? "closed" : error.code));
});
const udp = ({ host, port, seconds }) => new Promise((resolve) => {
  const socket = createSocket("udp4");
  const ask = () => socket.send(question, port, host);
  const end = (answer) => { clearTimeout(timer); clearInterval(again); socket.close(); resolve(answer); };
  const timer = setTimeout(end, seconds * 1000, "silent");
  const again = setInterval(ask, 1000);
  socket.once("message", () => end("connected"));
  socket.once("error", (error) => end(error.code));
  ask();
});
let text = "";
process.stdin.on("data", (chunk) => { text += chunk; }).on("end", async () => {
  const answers = await Promise.all(JSON.parse(text).map((attempt) => (attempt.udp ? udp : tcp)(attempt)));
  process.stdout.write(JSON.stringify(answers));
});
`;

/** Tries connections, all at once, from the network of a process: real packets of a real pod. */
export async function tryFrom(pid: number, attempts: readonly Attempt[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "nsenter",
      [`--target=${pid}`, "--net", "--", process.execPath, "-e", prober],
      { maxBuffer: 16 * 1024 * 1024 },
      (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout))),
    );
    child.stdin!.end(JSON.stringify(attempts));
  });
}

/** The process of each pod that lives as long as the pod, by the pod's `uid`: it holds the pod's network. */
export function podProcesses(): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of allProcesses()) {
    const uid = /\/pod([0-9a-f-]{36})/.exec(read(`/proc/${pid}/cgroup`))?.[1];
    if (uid && read(`/proc/${pid}/comm`).trim() === "pause") found.set(uid, pid);
  }
  return found;
}

/** The file's text, or nothing when the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
