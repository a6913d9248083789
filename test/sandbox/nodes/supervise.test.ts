import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { temporaryFolder } from "../../../lib/temporary";
import { lastLines } from "../../../sandbox/nodes/service";
import { supervised, supervisorAmong } from "../../../sandbox/nodes/supervisor";
import { repository } from "../../support/plan";

const folder = temporaryFolder("supervise");
const running = new Set<ChildProcess>();
after(() => {
  // A test that fails must not leave its loop behind.
  for (const child of running) process.kill(-child.pid!, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Options {
  readonly pauses?: string;
  readonly steady?: number;
}

/** A supervised service whose output can be waited for. */
class Supervised {
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<[number | null]>;
  #wake = () => {};

  constructor(command: readonly string[], { pauses = "0 0.01", steady = 600 }: Options = {}) {
    const script = join(repository, "sandbox/nodes/supervise.sh");
    this.child = spawn("sh", [script, "fake", pauses, String(steady), ...command], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    running.add(this.child);
    this.ended = once(this.child, "close") as Promise<[number | null]>;
    void this.ended.then(() => running.delete(this.child));
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      this.#wake();
    });
  }

  matching(pattern: RegExp): string[] {
    return this.lines.filter((line) => pattern.test(line));
  }

  /** Waits until so many lines fit. */
  async until(pattern: RegExp, count = 1): Promise<string[]> {
    while (this.matching(pattern).length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.matching(pattern);
  }

  /** Ends the supervisor and returns its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return (await this.ended)[0];
  }

  /** The processes of its process group. */
  group(): number[] {
    return readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number)
      .filter((pid) => {
        try {
          const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
          return fields[0] !== "Z" && Number(fields[2]) === this.child.pid;
        } catch {
          return false;
        }
      });
  }
}

const sh = (script: string) => ["sh", "-c", script];
const serving = "echo serving $$; exec sleep 1000";

test("a service that is killed or that ends is started again, and its log says why", async () => {
  const service = new Supervised(sh(serving));
  const [first] = await service.until(/^serving/);
  process.kill(Number(first!.split(" ")[1]), "SIGKILL");
  const [, second] = await service.until(/^serving/, 2);
  process.kill(Number(second!.split(" ")[1]), "SIGTERM");
  await service.until(/^serving/, 3);
  const reasons = service.matching(/supervisor:/).map((line) => line.replace(/^\S+ /, "").replace(/after \d+ s/, ""));
  assert.deepEqual(reasons, [
    "supervisor: fake ended by signal 9 , and is started again in 0 s",
    "supervisor: fake ended by signal 15 , and is started again in 0.01 s",
  ]);
  assert.equal(await service.stop(), 0);
});

test("pauses grow up to the last one, and a service that held begins with the first again", async () => {
  const pausesOf = (lines: string[]) => lines.map((line) => / in (\S+) s$/.exec(line)?.[1]);
  const falling = new Supervised(sh("exit 3"), { pauses: "0 0.01 0.02" });
  const lines = await falling.until(/with exit code 3 /, 5);
  assert.deepEqual(pausesOf(lines.slice(0, 5)), ["0", "0.01", "0.02", "0.02", "0.02"]);
  assert.equal(await falling.stop(), 0);

  const holding = new Supervised(sh("exit 3"), { pauses: "0 0.01 0.02", steady: 0 });
  assert.deepEqual(pausesOf((await holding.until(/with exit code 3 /, 3)).slice(0, 3)), ["0", "0", "0"]);
  assert.equal(await holding.stop(), 0);
});

test("a service that is being stopped may take its time and is not started again", async () => {
  const slow = `trap 'trap "" TERM; echo ending; sleep 0.2; echo gone; exit 0' TERM; echo serving; while :; do sleep 0.05; done`;
  const service = new Supervised(sh(slow));
  await service.until(/^serving/);
  service.child.kill("SIGTERM");
  await service.until(/^ending/);
  // Somebody who loses patience and asks again does not leave the service behind.
  assert.equal(await service.stop(), 0);
  assert.deepEqual(service.matching(/^(serving|ending|gone)/), ["serving", "ending", "gone"]);
  assert.match(service.lines.at(-1)!, /supervisor: fake was stopped$/);
  assert.deepEqual(service.group(), []);
});

test("a supervisor that pauses ends at once", async () => {
  const service = new Supervised(sh("exit 1"), { pauses: "100000" });
  await service.until(/started again in 100000 s/);
  assert.equal(await service.stop(), 0);
  assert.deepEqual(service.group(), []);
});

test("a signal that comes while the shell has just been copied for its child is not lost", async () => {
  // Node.js would be too slow to meet the moment, which one in twenty of these rounds did.
  const rounds = `mkfifo "$0/said"; pids=
    for round in $(seq 120); do
      sh sandbox/nodes/supervise.sh fake 100000 600 sh -c 'exit 1' >"$0/said" & pids="$pids $!"
      read -r line <"$0/said"; kill "$!"
    done
    wait $pids; rm "$0/said"`;
  const child = spawn("sh", ["-c", rounds, folder], { cwd: repository, detached: true, stdio: "ignore" });
  running.add(child);
  const patience = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 60_000);
  assert.deepEqual(await once(child, "close"), [0, null]);
  clearTimeout(patience);
  running.delete(child);
});

test("a program that cannot be run ends the loop at its first start, and only then", async () => {
  const missing = new Supervised([join(folder, "missing")]);
  assert.deepEqual(await missing.ended, [127, null]);

  const program = join(folder, "program");
  writeFileSync(program, "#!/bin/sh\necho serving $$\nexec sleep 1000\n");
  chmodSync(program, 0o755);
  const service = new Supervised([program]);
  const [line] = await service.until(/^serving/);
  rmSync(program);
  process.kill(Number(line!.split(" ")[1]), "SIGKILL");
  await service.until(/with exit code 127 /, 2);
  assert.equal(await service.stop(), 0);
});

test("the supervisor is found among the processes of its service, and what it says is no reason", async () => {
  const [program, ...rest] = supervised("fake", sh(serving));
  const child = spawn(program, rest, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  const closed = once(child, "close");
  const served = new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once("line", resolve));
  const pid = Number((await served).split(" ")[1]);
  assert.equal(supervisorAmong([pid, process.pid, child.pid!]), child.pid);
  assert.equal(supervisorAmong([pid, process.pid]), undefined);
  child.kill("SIGTERM");
  await closed;
  running.delete(child);

  const log = join(folder, "log");
  writeFileSync(log, "first\nthe disk is full\n2026-11-30T07:00:00Z supervisor: fake ended with exit code 1\n");
  assert.equal(lastLines(log), "first | the disk is full");
});
