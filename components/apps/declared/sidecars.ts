import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { mapOf, oneOfKinds, Problem, problemOf, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { Secret } from "../../schema/secret";
import { image } from "../../schema/values/image";
import { resources } from "../../schema/values/resources";
import { commandLine, parseLabel, words } from "../../schema/values/words";
import { probeKinds } from "./probe";
import { mounts } from "./volumes";

/** Volumes of its own are called after it. */
const longestName = 20;

/** The name of a port as Kubernetes has it (RFC 6335). @throws Problem */
function checkPortName(name: string): void {
  if (name.length > 15) throw new Problem(`${show(name)} has ${name.length} characters; use at most 15`);
  if (!/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new Problem(`${show(name)} is not the name of a port; use lower-case letters, digits and "-"`);
  if (name === "http") throw new Problem(`"http" is the port of the process itself; use another name, e.g. "tls"`);
}

const portName = () =>
  text((value) => {
    checkPortName(value);
    return value;
  });

/** The port of a sidecar that stands before its process. */
export const servicePort = () =>
  portName()
    .optional()
    .describe("name of a sidecar's port that its Service leads to, e.g. of NGINX before it; default: its own port");

const port = () => portName().optional().describe("which of its ports is asked; default: the only one");

/** How Kubernetes knows that a sidecar works: as of a process, at one of its ports. */
const sidecarProbeKinds = {
  http: () => probeKinds.http().extend({ port: port() }),
  tcp: () => probeKinds.tcp().extend({ port: port() }),
  command: probeKinds.command,
  none: probeKinds.none,
};

const sidecar = (context: SettingsContext) =>
  z.strictObject({
    image: image(context, "any image"),
    command: commandLine().optional().describe("program and arguments; default: those of the image"),
    user: whole(1, 65_535).optional().describe("user that it runs as, never root; default: the app's"),
    ports: mapOf(whole(1, 65_535), (name) => problemOf(() => checkPortName(name)))
      .prefault({})
      .describe("ports on which it serves, by name. `servicePort` may name one"),
    resources: resources({ cpu: "20m", memory: "64Mi" }),
    probe: oneOfKinds(sidecarProbeKinds, context)
      .optional()
      .describe(
        "how Kubernetes knows that it works. The process starts after it, so it must not need the process; default: that its only port accepts connections, `none` without one",
      ),
    stopSeconds: whole(1, 3600, " seconds")
      .prefault(10)
      .describe("seconds to end after its stop signal, which comes when the process has ended"),
    files: z.array(words()).prefault([]).describe("paths of those of the app's `files` that it sees"),
    mounts: mounts(),
    env: z.record(z.string(), z.string()).prefault({}).describe("its variables; it has none of the app's"),
    secretEnv: z
      .record(z.string(), z.string())
      .transform((given) => Object.fromEntries(Object.entries(given).map(([key, value]) => [key, new Secret(value)])))
      .prefault({})
      .describe("its variables that are secret, stored with `--secret`"),
  });

/** The sidecars of a process. */
export function sidecars(context: SettingsContext) {
  return mapOf(sidecar(context), (name) => problemOf(() => parseLabel(name, longestName)))
    .prefault({})
    .describe(
      "containers of any image in each of its pods, by name. They start before it and end after it. `egress` is for all of them",
    );
}

/** One sidecar as a stack has it. */
export type SidecarSettings = SettingsOf<typeof sidecars>[string];

/** What of a process says where it is reached. */
interface Reached {
  readonly port?: number | undefined;
  readonly servicePort?: string | undefined;
  readonly sidecars: Readonly<Record<string, Pick<SidecarSettings, "ports">>>;
}

/** The port that the Service of a process leads to: its own, or that of a sidecar before it. */
export function reachedPort({ port, servicePort, sidecars }: Reached): number | undefined {
  if (servicePort === undefined) return port;
  return Object.values(sidecars).find(({ ports }) => Object.hasOwn(ports, servicePort))?.ports[servicePort];
}

/** The name of the port that a sidecar is asked at; undefined where it is asked at none. */
export function probedPort({ ports, probe }: Pick<SidecarSettings, "ports" | "probe">): string | undefined {
  const named = probe && "port" in probe ? probe.port : undefined;
  const [only, second] = Object.keys(ports);
  return named ?? (second === undefined ? only : undefined);
}
