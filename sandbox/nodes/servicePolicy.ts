import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAlive } from "../../lib/alive";

/** What Debian's scripts ask before they start a service (invoke-rc.d(8)). */
const debianPolicy = "/usr/sbin/policy-rc.d";
const mark = "# Made by switchboard: no service starts while these processes install packages:";

/**
 * Keeps the services of packages from starting while they are installed. The policy is a file of the whole machine, so
 * it must not outlive its installation: it says nothing any more once the processes in it are gone, it is taken away
 * when this process ends in whatever way it can notice, and `removeStalePolicy` takes away what a killed one has left.
 * A machine that has a policy of its own keeps it.
 */
export class ServicePolicy {
  readonly #ours: boolean;
  readonly #processes = [process.pid];
  readonly #onExit = () => this.lift();

  constructor(private readonly path = debianPolicy) {
    removeStalePolicy(path);
    this.#ours = !existsSync(path);
    if (!this.#ours) return;
    process.once("exit", this.#onExit);
    this.#write();
  }

  /** Holds for this process too: apt-get goes on when what started it is killed. */
  include(pid: number | undefined): void {
    if (!this.#ours || pid === undefined) return;
    this.#processes.push(pid);
    this.#write();
  }

  lift(): void {
    if (!this.#ours) return;
    process.off("exit", this.#onExit);
    rmSync(this.path, { force: true });
  }

  #write(): void {
    const pids = this.#processes.join(" ");
    // 101 forbids the action.
    const script = `#!/bin/sh\n${mark} ${pids}\nfor pid in ${pids}; do kill -0 $pid 2>/dev/null && exit 101; done\nexit 0\n`;
    writeFileSync(this.path, script, { mode: 0o755 });
  }
}

/** Takes away a policy of ours whose processes are all gone; any other stays. */
export function removeStalePolicy(path = debianPolicy): void {
  const line = readText(path)
    .split("\n")
    .find((text) => text.startsWith(mark));
  if (line === undefined) return;
  const pids = line.slice(mark.length).trim().split(" ").map(Number);
  if (!pids.some(isAlive)) rmSync(path, { force: true });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
