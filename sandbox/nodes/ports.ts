import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Who listens on a port. */
export interface PortHolder {
  readonly pid?: number;
  /** For people: `nginx (process 123)`. */
  readonly description: string;
}

/** The process that listens on a TCP port of 127.0.0.1 (or of every address), or undefined. */
export function portHolder(port: number): PortHolder | undefined {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  });
  const inode = tables.map((table) => listeningInode(table, port)).find(Boolean);
  if (!inode) return undefined;
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && holds(name, inode));
  if (!pid) return { description: "a process that cannot be seen from here" };
  return { pid: Number(pid), description: `${commandOf(pid)} (process ${pid})` };
}

/** The socket's number in a table of /proc/net that listens on this port on the loopback or on every address. */
export function listeningInode(table: string, port: number): string | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = "0A";
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [address, local] = (fields[1] ?? "").split(":");
    // 127.0.0.1 and its IPv6 form, and "every address" (all zeros).
    const near = /^0+$/.test(address ?? "") || address?.endsWith("0100007F");
    if (local === hex && fields[3] === listening && near) return fields[9];
  }
  return undefined;
}

function holds(pid: string, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "a process";
  }
}
