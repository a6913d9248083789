import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Refusal } from "../support/refusal";

/** Ports on 127.0.0.1. */
export interface LocalPorts {
  /** Reaches port 443. @default 8443, or SWITCHBOARD_HTTPS_PORT */
  readonly https: number;
  /** Reaches port 80. @default 8080, or SWITCHBOARD_HTTP_PORT */
  readonly http: number;
}

/** The ports that the environment asks for. */
export function localPorts(environment: Readonly<Record<string, string | undefined>> = process.env): LocalPorts {
  const port = (name: string, standard: number) => {
    const text = environment[name];
    if (text === undefined || text === "") return standard;
    if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
    throw new Refusal(`${name}=${text} is no port`, "give a whole number from 1 to 65535");
  };
  return { https: port("SWITCHBOARD_HTTPS_PORT", 8443), http: port("SWITCHBOARD_HTTP_PORT", 8080) };
}

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
