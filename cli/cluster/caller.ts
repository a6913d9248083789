import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Kubectl } from "./kubectl";
import type { Caller } from "./oneOff";

/** Who calls, as the machine and as the cluster know them. In a pipeline it is the person who started that. */
export async function callerOf(kubectl: Kubectl, env: NodeJS.ProcessEnv = process.env): Promise<Caller> {
  const clusterUser = await kubectl
    .json<{ status?: { userInfo?: { username?: string } } }>(["auth", "whoami"])
    .then(({ status }) => status?.userInfo?.username)
    // A cluster that does not say it (Kubernetes before 1.28, or no right to ask) still logs it itself.
    .catch(() => undefined);
  const person = env.GITHUB_ACTOR ?? env.GITLAB_USER_LOGIN ?? personHere(env);
  return {
    by: `${person}@${hostname()}`,
    ...(clusterUser ? { clusterUser } : {}),
    at: new Date(),
    client: thisClient() ?? "",
  };
}

function personHere(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A user of a container may have a number and no name.
    return env.USER ?? `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

/** Where process numbers are unique: this start of this machine and this PID namespace. Undefined where nobody says. */
function place(proc: string): string | undefined {
  try {
    const boot = readFileSync(`${proc}/sys/kernel/random/boot_id`, "utf8").trim();
    return createHash("sha256")
      .update(`${boot} ${readlinkSync(`${proc}/self/ns/pid`)}`)
      .digest("hex")
      .slice(0, 16);
  } catch {
    return undefined;
  }
}

/** Clock ticks from the machine's start to that of a process (proc(5), field 22); undefined where there is none. */
function startOf(pid: number, proc: string): string | undefined {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, "utf8");
    // The second field is a name that may hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Stands for this process; undefined where the system (macOS) does not tell one process from a later one. */
function thisClient(proc = "/proc"): string | undefined {
  const [where, start] = [place(proc), startOf(process.pid, proc)];
  return where && start ? `${where} ${process.pid} ${start}` : undefined;
}

/** Whether a client was a process of this machine and is gone for certain. */
export function isGone(client: string, proc = "/proc"): boolean {
  const [where, pid, start] = client.split(" ");
  if (!where || !pid || !start || where !== place(proc)) return false;
  return startOf(Number(pid), proc) !== start;
}
