import { execa } from "execa";
import type { ConsoleSpec } from "../../components/apps/shared/console";
import { UserError } from "../../lib/userError";
import { type ExitCode, exitCodes, type Io } from "../core/command";
import { duration } from "./amounts";
import { callerOf } from "./caller";
import { consoleEnvironment, shell } from "./consoles";
import type { Kubectl } from "./kubectl";
import { type Caller, type OneOffJob, oneOffJob } from "./oneOff";
import { commandMissing } from "./oneOffPod";
import { execArguments, type Seen, Sessions } from "./session";

/** What is asked of a console. */
export interface ConsoleRequest {
  readonly app: string;
  readonly stack: string;
  readonly console: ConsoleSpec;
  /** A script to run; a prompt on this terminal without one. */
  readonly script?: string;
  /** A plain shell of the image instead of the app's console. */
  readonly shell: boolean;
  readonly ttlSeconds: number;
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** Seconds after its end for which Kubernetes keeps a console that nobody took away. */
const keptSeconds = 60;
const interrupted = exitCodes.interrupted as number;

/**
 * Opens a console in a pod of its own, passes the terminal or the script through, and takes the pod away: when it ends,
 * at Ctrl-C and when the terminal is lost. When this process is killed, Kubernetes ends the pod at its deadline.
 * @returns the exit code of what ran in the pod
 */
export async function openConsole(kubectl: Kubectl, request: ConsoleRequest, io: Io): Promise<number> {
  const { app, script, ttlSeconds, limits } = request;
  const sessions = new Sessions(kubectl);
  const [workload, caller, environment, swept] = await Promise.all([
    sessions.workload(request.console.workload),
    callerOf(kubectl),
    request.shell ? {} : consoleEnvironment(request.console, kubectl),
    sessions.sweep(),
  ]);
  for (const name of swept) io.note(`took away ${name}, which a killed console had left behind`);
  const job = oneOffJob(workload, {
    purpose: "console",
    // The pod waits and the console is run in it: a console that were the pod's first process could speak before
    // anybody listens, and its script would be in the pod's manifest.
    command: ["sleep", String(ttlSeconds + 60)],
    ...{ environment, limits, caller, keptSeconds },
    ...{ deadlineSeconds: ttlSeconds, graceSeconds: 1 },
  });
  const began = Date.now();
  // A terminal that is lost takes its stderr along; what is left to do is to take the pod away.
  process.stderr.once("error", () => {});
  process.stdout.once("error", () => {});
  try {
    await sessions.start(job);
    const seen = await io.step(`starting a pod with the live image of ${app}`, (report) =>
      sessions.started(job, report, io.signal),
    );
    refuseEnded(seen, job);
    await announce(seen);
    const exitCode = script === undefined ? await prompt(seen) : await runScript(seen, script);
    return io.signal.aborted ? interrupted : await explained(exitCode);
  } finally {
    await sessions.end(job.metadata.name);
    const note = `${caller.by} ended the console of ${app} after ${duration((Date.now() - began) / 1000)}`;
    await sessions.tell(workload, "ConsoleEnded", note);
  }

  async function announce({ pod }: Seen): Promise<void> {
    const what = request.shell ? "a shell" : script === undefined ? "a console" : "one script";
    const note = `${who(caller)} runs ${what} of ${app} in pod ${pod}, for at most ${duration(ttlSeconds)}`;
    io.note(`${caller.at.toISOString()} stack ${request.stack}: ${note}`);
    if (script === undefined && !request.shell && request.console.warning) io.note(request.console.warning);
    await sessions.tell(workload, "ConsoleOpened", note);
  }

  async function prompt({ pod }: Seen): Promise<number> {
    const command = request.shell ? shell.prompt : request.console.prompt;
    return kubectl.interactive(execArguments(pod, true, command), io.signal);
  }

  async function runScript({ pod }: Seen, input: string): Promise<number> {
    const command = request.shell ? shell.script : request.console.script;
    const { executable, environment: env } = kubectl.options;
    const running = execa(executable, kubectl.args(...execArguments(pod, false, command)), {
      ...{ input, reject: false, env: { ...env }, cancelSignal: io.signal, stripFinalNewline: false },
      ...(io.json ? {} : { stdout: "inherit" as const }),
    });
    const { stdout, stderr, exitCode = 1 } = await running;
    // kubectl's own last line says the exit code again.
    const stderrText = stderr.replace(/^command terminated with exit code \d+\n?/m, "");
    if (stderrText.trim()) process.stderr.write(stderrText);
    if (io.json) io.result({ stack: request.stack, app, pod, exitCode, output: stdout }, () => []);
    return exitCode;
  }

  /** Why it ended, where that was not its own doing. */
  async function explained(exitCode: number): Promise<number> {
    if (exitCode === 0) return exitCode;
    const left = began + ttlSeconds * 1000 - Date.now();
    if (left < 1500) io.note(`its ${duration(ttlSeconds)} are over (--ttl)`);
    else if (exitCode === 137) io.note(`it was killed; perhaps it needs more memory than ${limits.memory} (--memory)`);
    else if (request.shell && [126, 127].includes(exitCode)) io.note(`the image of ${app} may have no sh`);
    return exitCode;
  }
}

/** A pod that is meant to wait and has ended could not start its command. */
function refuseEnded({ pod, stage }: Seen, job: OneOffJob): void {
  if (stage.at !== "ended") return;
  const { command = [], image } = job.spec.template.spec.containers[0]!;
  throw (
    commandMissing(stage, command, image) ??
    new UserError(
      `${pod} ended at once: ${stage.reason} ${stage.message}`.trim(),
      "read the message, then run this again",
    )
  );
}

/** `ada@laptop (cluster user ada@example.com)` */
export function who({ by, clusterUser }: Caller): string {
  return clusterUser ? `${by} (cluster user ${clusterUser})` : by;
}

/** What a command of a person's own exits with: any code that a process can have, which scripts are promised. */
export function passedOn(exitCode: number): ExitCode {
  return exitCode as ExitCode;
}
