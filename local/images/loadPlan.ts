import { Refusal } from "../support/refusal";
import { repositoryOf } from "./wanted";

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** An image of this repository: its reference and the folder that it is built from. */
export interface SourceImage {
  readonly reference: string;
  readonly source: string;
}

/** What decides how images get to a cluster. */
export interface LoadRequest {
  /** The kubeconfig context of the stack; undefined for a cluster that the program itself makes. */
  readonly context?: string;
  readonly images: readonly SourceImage[];
  /** Whether a program is on PATH. */
  readonly found: (program: string) => boolean;
}

/** How a kind of development cluster takes images from Docker, by the prefix that its tool gives to contexts. */
const loaders: Readonly<Record<string, (context: string, references: string[]) => Command[]>> = {
  "kind-": (context, references) => [["kind", "load", "docker-image", ...references, "--name", context.slice(5)]],
  "k3d-": (context, references) => [["k3d", "image", "import", ...references, "--cluster", context.slice(4)]],
  minikube: (context, references) => [["minikube", "image", "load", ...references, "--profile", context]],
};

/**
 * The commands that build images with Docker and bring them to a cluster: kind, k3d and minikube take them from
 * Docker, every other cluster pulls them from the registry that the settings name. No command has a secret in it.
 *
 * @throws Refusal when a program is missing or there is no registry to push to
 */
export function loadPlan({ context, images, found }: LoadRequest): Command[] {
  const prefix = Object.keys(loaders).find((name) =>
    name.endsWith("-") ? context?.startsWith(name) : context === name,
  );
  const references = images.map(({ reference }) => reference);
  const delivery: Command[] =
    prefix && context
      ? (loaders[prefix]?.(context, references) ?? [])
      : references.map((reference) => ["docker", "push", pushable(reference, context)]);
  const builds = images.map(
    ({ reference, source }): Command => [
      "docker",
      "build",
      "--tag",
      reference,
      "--file",
      `${source}/Dockerfile`,
      source,
    ],
  );
  const plan = [...builds, ...delivery];
  const missing = [...new Set(plan.map(([program]) => program))].filter((program) => !found(program));
  if (missing.length > 0) {
    const whither = prefix ? `into the cluster of the context ${JSON.stringify(context)}` : "to their registry";
    throw new Refusal(
      `images cannot be brought ${whither}: ${missing.join(" and ")} not found on PATH`,
      `install ${missing.join(" and ")} and run this again; on a Linux machine without Docker "npm run up" brings its own cluster and images`,
    );
  }
  return plan;
}

/** @throws Refusal for a name that no registry can take */
function pushable(reference: string, context: string | undefined): string {
  if (!reference.startsWith("localhost/")) return reference;
  throw new Refusal(
    `${reference} names no registry, and the context ${JSON.stringify(context ?? "none")} is no kind, k3d or minikube cluster that could load it`,
    `set the image's repository (now ${repositoryOf(reference)}) to a registry that you can push to and the cluster can pull from; the nodes that "npm run up" starts need no registry and no loading`,
  );
}
