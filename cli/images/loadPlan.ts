import { UserError } from "../../lib/userError";
import { type Builder, type BuilderName, type Command, saveCommand } from "./builders";

/** What is known of the cluster that a stack goes to. */
export interface Place {
  /** The kubeconfig context of the stack; undefined for a cluster that the program itself makes. */
  readonly context?: string;
  /** Who made the context, as minikube writes it into the kubeconfig. */
  readonly provider?: string;
  /** URL of the API server. */
  readonly server?: string;
}

/** What the plan asks of this machine. */
export interface Machine {
  /** Whether a program is on PATH. */
  readonly found: (program: string) => boolean;
  /** Names of Docker's contexts, each an engine of its own. */
  readonly dockerContexts: () => Promise<readonly string[]>;
  /** The builder of this machine. @throws UserError where there is none */
  readonly builder: () => Promise<BuilderName>;
  /** Whether commands run as root already. */
  readonly root: boolean;
  /** Names and addresses of this machine beside those that every machine has. */
  readonly addresses: readonly string[];
}

/** How images get into a cluster that has them from this machine. */
export interface Delivery {
  /** The builder with the engine whose images count. */
  readonly builder: Builder;
  /** What brings built images there; nothing where the nodes see the builder's own. */
  readonly commands: readonly Command[];
}

/** One kind of development cluster. */
interface Kind {
  /** What it is called. */
  readonly name: string;
  readonly is: (place: Place & { context: string }, machine: Machine) => boolean;
  /** Whether it pulls from a registry too, so that only images without one are brought there. @default false */
  readonly pulls?: true;
  /** Builders whose images the nodes see, with the options that name the right engine. */
  readonly sees?: (context: string, engines: readonly string[]) => Partial<Record<BuilderName, readonly string[]>>;
  /** Imports an archive. */
  readonly imports?: (context: string, archive: string, machine: Machine) => Command;
  /** Takes images from Docker without an archive. */
  readonly takesFromDocker?: (context: string, references: readonly string[]) => Command;
}

/** Docker and Docker Desktop, OrbStack, Colima can be there side by side: the cluster's own engine is named, where it has a name. */
function engine(engines: readonly string[], name: string): readonly string[] {
  return engines.includes(name) ? ["--context", name] : [];
}

const containerd = ["--namespace", "k8s.io"];
const asRoot = ({ root }: Machine, program: string, ...args: string[]): Command =>
  root ? [program, ...args] : ["sudo", program, ...args];

const kinds: readonly Kind[] = [
  {
    name: "minikube",
    is: ({ context, provider }) => context === "minikube" || provider === "minikube.sigs.k8s.io",
    imports: (context, archive) => ["minikube", "image", "load", archive, "--profile", context],
    takesFromDocker: (context, references) => ["minikube", "image", "load", ...references, "--profile", context],
  },
  {
    name: "kind",
    is: ({ context }) => context.startsWith("kind-"),
    imports: (context, archive) => ["kind", "load", "image-archive", archive, "--name", context.slice(5)],
    takesFromDocker: (context, references) => [
      "kind",
      "load",
      "docker-image",
      ...references,
      "--name",
      context.slice(5),
    ],
  },
  {
    name: "k3d",
    is: ({ context }) => context.startsWith("k3d-"),
    imports: (context, archive) => ["k3d", "image", "import", archive, "--cluster", context.slice(4)],
    takesFromDocker: (context, references) => ["k3d", "image", "import", ...references, "--cluster", context.slice(4)],
  },
  {
    name: "Docker Desktop",
    is: ({ context }) => context === "docker-desktop" || context === "docker-for-desktop",
    sees: (_, engines) => ({ docker: engine(engines, "desktop-linux") }),
  },
  {
    name: "Rancher Desktop",
    is: ({ context }) => context === "rancher-desktop",
    sees: (_, engines) => ({ docker: engine(engines, "rancher-desktop"), nerdctl: containerd }),
  },
  {
    name: "OrbStack",
    is: ({ context }) => context === "orbstack",
    sees: (_, engines) => ({ docker: engine(engines, "orbstack") }),
  },
  {
    name: "Colima",
    is: ({ context }) => /^colima(-|$)/.test(context),
    sees: (context, engines) => ({ docker: engine(engines, context), nerdctl: containerd }),
  },
  {
    name: "MicroK8s",
    pulls: true,
    is: ({ context, server }, { found, addresses }) =>
      context === "microk8s" && isHere(server, addresses) && found("microk8s"),
    imports: (_, archive, machine) => asRoot(machine, "microk8s", "ctr", "image", "import", archive),
  },
  {
    name: "k3s",
    pulls: true,
    // Its kubeconfig calls everything `default`, as others do too; the program is only where a node of it is.
    is: ({ server }, { found, addresses }) => isHere(server, addresses) && found("k3s"),
    imports: (_, archive, machine) => asRoot(machine, "k3s", "ctr", "images", "import", archive),
  },
];

/** Whether a server is this machine itself: a kubeconfig of k3s that others use too has its address in the network. */
function isHere(server: string | undefined, addresses: readonly string[]): boolean {
  if (server === undefined || !URL.canParse(server)) return false;
  const host = new URL(server).hostname.replace(/^\[|\]$/g, "");
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host) || addresses.includes(host);
}

/**
 * How images get to a cluster without a registry: undefined for a cluster that pulls them from the registry of their
 * names. A k3s or MicroK8s of this machine pulls too, as soon as the names have a registry. No command has a secret in it.
 *
 * @param references images without a registry in their name are meant for this machine
 * @param archiveOf where an image's archive goes
 * @throws UserError when a program is missing, or the cluster does not see what the builder makes
 */
export async function deliveryOf(
  place: Place,
  machine: Machine,
  references: readonly string[],
  archiveOf: (reference: string) => string,
): Promise<Delivery | undefined> {
  const { context } = place;
  if (context === undefined) return undefined;
  const kind = kinds.find(({ is }) => is({ ...place, context }, machine));
  if (!kind) return undefined;
  if (kind.pulls && !references.some((reference) => reference.startsWith("localhost/"))) {
    return undefined;
  }
  const where = `the ${kind.name} cluster of the context ${JSON.stringify(context)}`;
  const builder = await machine.builder();
  if (kind.sees) {
    const seen = kind.sees(context, await machine.dockerContexts());
    const options = seen[builder];
    if (options) return { builder: { name: builder, options }, commands: [] };
    throw new UserError(
      `${where} does not see the images of ${builder}`,
      `start ${Object.keys(seen).join(" or ")} of it, so that it answers on PATH. Or set the images' repositories to a registry, and name a context that pulls from it`,
    );
  }
  const commands: Command[] =
    builder === "docker" && kind.takesFromDocker
      ? [kind.takesFromDocker(context, references)]
      : references.flatMap((reference) => {
          const archive = archiveOf(reference);
          return [saveCommand({ name: builder }, reference, archive), kind.imports!(context, archive, machine)];
        });
  const missing = [...new Set(commands.map(([program]) => program))].filter((program) => !machine.found(program));
  if (missing.length > 0) {
    throw new UserError(
      `images cannot be brought into ${where}: ${missing.join(" and ")} not found on PATH`,
      `install ${missing.join(" and ")} and run this again`,
    );
  }
  return { builder: { name: builder }, commands };
}
