import { z } from "zod";
import type { PodArgs } from "../../kubernetes/podTemplate";
import { Problem, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { commandLine } from "../../schema/values/words";

/** A path of a URL, as an HTTP probe asks for it. */
const probePath = () =>
  text((value) => {
    if (!/^\/[\w./~%?=&-]*$/.test(value))
      throw new Problem(`${JSON.stringify(value)} is not a path; begin with "/", e.g. "/healthz"`);
    return value;
  });

const startup = () =>
  whole(1, 3600, " seconds")
    .prefault(120)
    .describe("seconds that a pod may take until it is asked for the first time successfully");

/** How Kubernetes knows that a process works, by the word of `probe.kind`. */
export const probeKinds = {
  http: () =>
    z.strictObject({
      kind: z.literal("http").describe("paths that answer over HTTP on its port"),
      ready: probePath().describe("path that answers 2xx or 3xx while the pod may get requests"),
      live: probePath()
        .optional()
        .describe("path that answers while the pod need not be restarted; default: that its port accepts connections"),
      started: probePath()
        .optional()
        .describe("path that answers 2xx or 3xx once the pod has started; default: `ready`"),
      startupSeconds: startup(),
    }),
  tcp: () =>
    z.strictObject({ kind: z.literal("tcp").describe("that its port accepts connections"), startupSeconds: startup() }),
  command: () =>
    z.strictObject({
      kind: z.literal("command").describe("a program in the pod, and that its port, if any, accepts connections"),
      command: commandLine().describe("program that ends with 0 while the process works"),
      startupSeconds: startup(),
    }),
  none: () => z.strictObject({ kind: z.literal("none").describe("that it has not ended") }),
};

/** What a stack says of a process' probe. */
export type ProbeSettings = {
  [K in keyof typeof probeKinds]: SettingsOf<(typeof probeKinds)[K]>;
}[keyof typeof probeKinds];

/** How a port is asked whether it takes requests. */
const accepting = <P>(socket: P) => ({ ...socket, periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 3 });

/** Seconds between two questions while a pod starts. */
const startPeriod = 2;

/**
 * The probes of a container; none of them where it has no port and says none.
 *
 * @param port the name of the port that is asked
 * @param tls whether that port speaks TLS; the kubelet verifies nothing
 */
export function probesOf(probe: ProbeSettings | undefined, port: string | undefined, tls: boolean): PodArgs["probes"] {
  const chosen: ProbeSettings = probe ?? (port === undefined ? { kind: "none" } : { kind: "tcp", startupSeconds: 120 });
  if (chosen.kind === "none") return undefined;
  const starting = { periodSeconds: startPeriod, failureThreshold: Math.ceil(chosen.startupSeconds / startPeriod) };
  const running = { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 };
  if (chosen.kind === "command") {
    const exec = { exec: { command: [...chosen.command] }, timeoutSeconds: 10 };
    // A program is started each time, so it is asked rarely. Requests wait for the port, where there is one.
    return {
      startup: { ...exec, ...starting },
      ...(port !== undefined && { readiness: accepting({ tcpSocket: { port } }) }),
      liveness: { ...exec, periodSeconds: 60, failureThreshold: 3 },
    };
  }
  if (port === undefined) throw new Error("a probe asks a port, and there is none");
  const socket = { tcpSocket: { port } };
  if (chosen.kind === "tcp") {
    return {
      startup: { ...socket, ...starting, timeoutSeconds: 3 },
      readiness: accepting(socket),
      liveness: { ...socket, ...running },
    };
  }
  const get = (path: string) => ({ httpGet: { path, port, ...(tls && { scheme: "HTTPS" }) } });
  return {
    startup: { ...get(chosen.started ?? chosen.ready), ...starting, timeoutSeconds: 3 },
    readiness: { ...get(chosen.ready), periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 5 },
    liveness: { ...(chosen.live === undefined ? socket : get(chosen.live)), ...running },
  };
}
