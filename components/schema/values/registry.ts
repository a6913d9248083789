import { Problem, show } from "../fields";

/** Names by which people know Docker's own registry. */
const dockersOwn = [
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "hub.docker.com",
  "registry.hub.docker.com",
];
/** The one key under which the kubelet and every Docker client look for it. */
const dockersKey = "https://index.docker.io/v1/";

const hostForm = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9._/-]*[a-z0-9])?$/;

/**
 * A registry as references to images name it: a host, with a port and the beginning of a path where those belong to it.
 * @throws Problem
 */
export function parseRegistry(value: string): string {
  const todo = 'write it as in the references to images, e.g. "registry.example.com:5000" or "ghcr.io/team"';
  if (value.includes("://")) throw new Problem(`${show(value)} is a URL; ${todo}, without ${value.split("//")[0]}//`);
  if (!hostForm.test(value)) throw new Problem(`${show(value)} is not a registry; ${todo}`);
  const [host = ""] = value.split("/");
  if (!/[.:]/.test(host) && host !== "localhost")
    throw new Problem(`${show(value)} has no host: ${show(host)} would be a name at docker.io; ${todo}`);
  return dockersOwn.includes(host) ? "docker.io" : value;
}

/** The key of a registry in a Docker configuration. */
export function registryKey(registry: string): string {
  return registry === "docker.io" ? dockersKey : registry;
}

/**
 * Whether the kubelet uses a registry's credentials for an image: the host with its port is the same, and the path begins
 * with that of the registry. A reference without a host is Docker's own registry's
 * (https://kubernetes.io/docs/concepts/containers/images/#config-json).
 * @param repository a reference without tag and digest
 */
export function isFrom(registry: string, repository: string): boolean {
  const [host = "", ...rest] = repository.split("/");
  const named = rest.length > 0 && (/[.:]/.test(host) || host === "localhost");
  const full = named
    ? [dockersOwn.includes(host) ? "docker.io" : host, ...rest]
    : ["docker.io", ...repository.split("/")];
  const [wanted = "", ...path] = registry.split("/");
  return full[0] === wanted && full.slice(1).join("/").startsWith(path.join("/"));
}
