import { isLoopback } from "../../components/registry/reference";
import { UserError } from "../../lib/userError";

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** Programs that build, push and save images with the same words, in the order in which they are taken. */
export const builderNames = ["docker", "podman", "nerdctl"] as const;
export type BuilderName = (typeof builderNames)[number];

/** What an image is built from and for. */
export interface Build {
  readonly reference: string;
  readonly dockerfile: string;
  /** The context. */
  readonly folder: string;
  /** `linux/amd64` and the like, at least one. */
  readonly platforms: readonly string[];
  /** Whether a stage begins with nothing (`FROM scratch`). */
  readonly fromScratch: boolean;
}

/** A builder as this machine has it. */
export interface Builder {
  readonly name: BuilderName;
  /** What stands before every command: the engine (`--context`) or the namespace that is meant. */
  readonly options?: readonly string[];
}

/** How a builder answers that it can work: Docker's client is often there without its engine. */
export const aliveness: Readonly<Record<BuilderName, Command>> = {
  docker: ["docker", "version", "--format", "{{.Server.Version}}"],
  podman: ["podman", "version", "--format", "{{.Client.Version}}"],
  nerdctl: ["nerdctl", "version", "--format", "{{.Server.Components}}"],
};

/**
 * The builder of this machine: the first that is there and answers.
 *
 * @param found whether a program is on PATH
 * @param answers whether a command ends well
 * @throws UserError that says what is missing, or what does not answer
 */
export async function findBuilder(
  found: (program: string) => boolean,
  answers: (command: Command) => Promise<boolean>,
): Promise<BuilderName> {
  const there = builderNames.filter((name) => found(name));
  for (const name of there) if (await answers(aliveness[name])) return name;
  if (there.length > 0) {
    throw new UserError(
      `images cannot be built: ${there.join(" and ")} ${there.length === 1 ? "is" : "are"} installed and cannot reach ${there.length === 1 ? "its" : "their"} engine`,
      `start it (${aliveness[there[0]!].slice(0, 2).join(" ")} must answer), then run this again`,
    );
  }
  throw new UserError(
    `images cannot be built: none of ${builderNames.join(", ")} was found on PATH`,
    'install one of them and run this again. On a Linux machine without any, "npm run up" brings its own cluster and images',
  );
}

/** Builds an image for one platform into the builder's own store. */
export function buildCommand({ name, options = [] }: Builder, build: Build): Command {
  return [name, ...options, "build", ...common(name, build), build.folder];
}

/** Pushes what was built. podman asks for TLS everywhere, the others make an exception for this machine. */
export function pushCommand({ name, options = [] }: Builder, reference: string): Command {
  return [name, ...options, "push", ...insecure(name, reference), reference];
}

/**
 * Builds an image for several platforms and pushes it as one index. Steps of another processor than the machine's run
 * under emulation.
 */
export function multiPlatformCommands({ name, options = [] }: Builder, build: Build): Command[] {
  const { reference, folder } = build;
  if (name === "docker") return [[name, ...options, "buildx", "build", ...common(name, build), "--push", folder]];
  if (name === "nerdctl") {
    return [
      [name, ...options, "build", ...common(name, build), folder],
      [name, ...options, "push", "--all-platforms", ...insecure(name, reference), reference],
    ];
  }
  // Under the reference itself podman would add to what an earlier run has left there.
  const list = `localhost/switchboard-index/${process.pid}-${reference.split("/").pop()}`;
  const named = common(name, { ...build, reference: list }).map((word) => (word === "--tag" ? "--manifest" : word));
  return [
    [name, ...options, "build", ...named, folder],
    [name, ...options, "manifest", "push", "--all", ...insecure(name, reference), list, `docker://${reference}`],
    [name, ...options, "manifest", "rm", list],
  ];
}

/** Writes an image to an archive in the format of `docker save`. */
export function saveCommand({ name, options = [] }: Builder, reference: string, archive: string): Command {
  const format = name === "podman" ? ["--format", "docker-archive"] : [];
  return [name, ...options, "save", ...format, "--output", archive, reference];
}

function common(name: BuilderName, { reference, dockerfile, platforms, fromScratch }: Build): string[] {
  // podman 4 looks for such a step in its cache by its words alone, and finds another platform's.
  const cache = name === "podman" && fromScratch ? ["--no-cache"] : [];
  return [...cache, "--platform", platforms.join(","), "--tag", reference, "--file", dockerfile];
}

function insecure(name: BuilderName, reference: string): string[] {
  return name === "podman" && isLoopback(reference.split("/")[0] ?? "") ? ["--tls-verify=false"] : [];
}
