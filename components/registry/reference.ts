/** An image reference in its parts. */
export interface ImageReference {
  /** The registry as the reference names it, with its port. */
  readonly registry: string;
  /** Host and port that answer the registry's API; Docker Hub's differs from its name. */
  readonly host: string;
  /** The repository's name inside the registry. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * A reference as containerd and Docker expand it: `postgres:15` is `docker.io/library/postgres:15`. A first part with
 * a dot, a colon or the word `localhost` is a registry.
 */
export function fullReference(reference: string): string {
  const first = reference.split("/")[0] ?? "";
  if (!reference.includes("/")) return `docker.io/library/${reference}`;
  return /[.:]/.test(first) || first === "localhost" ? reference : `docker.io/${reference}`;
}

/** The reference without its tag and digest. */
export function repositoryOf(reference: string): string {
  const named = reference.split("@")[0] ?? reference;
  const colon = named.lastIndexOf(":");
  return colon > named.lastIndexOf("/") ? named.slice(0, colon) : named;
}

/** The host that answers the registry API for the registry of a full reference. */
export function registryHost(reference: string): string {
  const registry = reference.split("/")[0] ?? "";
  return registry === "docker.io" ? "registry-1.docker.io" : registry;
}

/** Takes a reference apart. What it leaves out is filled in as Docker does. */
export function imageReference(reference: string): ImageReference {
  const full = fullReference(reference);
  const repository = repositoryOf(full);
  const [named = "", digest] = full.split("@");
  const tag = named.slice(repository.length + 1);
  const slash = repository.indexOf("/");
  return {
    registry: repository.slice(0, slash),
    host: registryHost(full),
    name: repository.slice(slash + 1),
    ...(tag && { tag }),
    ...(digest && { digest }),
  };
}

/**
 * Whether a reference names a registry that a node could pull from. `localhost/…` without a port is where Docker, podman
 * and the local nodes keep what was only built.
 */
export function namesRegistry(reference: string): boolean {
  return imageReference(reference).registry !== "localhost";
}

/** Whether a host is this machine itself, where registries speak plain HTTP (as Docker and containerd assume). */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
