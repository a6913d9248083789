import { createHash } from "node:crypto";
import { Registry } from "./client";
import type { LoginPlaces } from "./credentials";
import { bodyOf } from "./http";
import { imageReference } from "./reference";

/** Everything that a tag can name: an image for one platform, or an index of several. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Tags that are asked for at once, and how often: Docker Hub has some thousands of an official image. */
const tagsAtOnce = 1000;
const mostPages = 30;

/** A piece of content as a manifest names it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

/** A manifest with its own bytes, which its digest is made of. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly content: {
    readonly manifests?: readonly Descriptor[];
    readonly config?: Descriptor;
    readonly layers?: readonly Descriptor[];
  };
}

/** Registries by their name, with one login and one set of tokens for each. */
export class Registries {
  private readonly known = new Map<string, Registry>();

  constructor(
    private readonly places: LoginPlaces,
    private readonly signal?: AbortSignal,
  ) {}

  /** The registry of a reference. */
  of(reference: string): Registry {
    const { registry, host } = imageReference(reference);
    const known = this.known.get(registry) ?? new Registry(registry, host, this.places, this.signal);
    this.known.set(registry, known);
    return known;
  }

  /**
   * The digest of what a reference names in its registry, `sha256:…`; undefined where nothing is under that name.
   * @throws RegistryUnreachable where the registry gives no answer
   */
  async digestOf(reference: string): Promise<string | undefined> {
    const answer = await this.ask("HEAD", reference);
    answer?.resume();
    const digest = answer?.headers["docker-content-digest"];
    // The header is optional in the specification.
    if (answer && typeof digest !== "string") return (await this.manifest(reference))?.digest;
    return digest as string | undefined;
  }

  /**
   * The manifest that a reference names; undefined where nothing is under that name.
   * @throws RegistryUnreachable also where the content is not what its digest says
   */
  async manifest(reference: string): Promise<Manifest | undefined> {
    const answer = await this.ask("GET", reference);
    if (!answer) return undefined;
    const bytes = await bodyOf(answer);
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const wanted = imageReference(reference).digest ?? answer.headers["docker-content-digest"];
    if (wanted !== undefined && wanted !== digest) {
      throw this.of(reference).unreachable(`what it gives for ${reference} has the digest ${digest}`);
    }
    const content = JSON.parse(bytes.toString("utf8")) as Manifest["content"] & { mediaType?: string };
    return { digest, mediaType: content.mediaType ?? answer.headers["content-type"] ?? "", bytes, content };
  }

  /**
   * The platforms that a reference can run on, as `linux/arm64`; undefined where nothing is under that name. Entries of an
   * index that are no images (attestations) have the platform `unknown` and do not count.
   */
  async platformsOf(reference: string): Promise<string[] | undefined> {
    const manifest = await this.manifest(reference);
    if (!manifest) return undefined;
    const { manifests, config } = manifest.content;
    const platforms = manifests
      ? manifests.map(({ platform }) => platform ?? {})
      : [config ? await this.json(reference, config.digest) : {}];
    return platforms
      .filter(({ architecture }) => architecture !== undefined && architecture !== "unknown")
      .map(({ os = "linux", architecture }) => `${os}/${architecture}`);
  }

  /**
   * The tags of a reference's repository, in the order of the registry.
   * @throws RegistryUnreachable where the registry gives no answer, or has no such repository
   */
  async tagsOf(reference: string): Promise<string[]> {
    const { name } = imageReference(reference);
    const registry = this.of(reference);
    const tags: string[] = [];
    let path: string | undefined = `/v2/${name}/tags/list?n=${tagsAtOnce}`;
    for (let page = 0; path !== undefined && page < mostPages; page++) {
      const answer = await registry.request({ method: "GET", path, scopes: [pull(name)] });
      if (answer.statusCode !== 200) {
        answer.resume();
        throw registry.unreachable(`it answered with HTTP ${answer.statusCode} (${name})`, answer.statusCode);
      }
      tags.push(...((JSON.parse((await bodyOf(answer)).toString("utf8")) as { tags?: string[] | null }).tags ?? []));
      // RFC 8288: the next page is a link, relative to the registry's root or whole.
      path = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(String(answer.headers.link ?? ""))?.[1];
    }
    return tags;
  }

  private async json(reference: string, digest: string): Promise<{ os?: string; architecture?: string }> {
    const { name } = imageReference(reference);
    const path = `/v2/${name}/blobs/${digest}`;
    const answer = await this.of(reference).request({ method: "GET", path, scopes: [pull(name)] });
    if (answer.statusCode !== 200) {
      answer.resume();
      throw this.of(reference).unreachable(`${digest} of ${reference}: HTTP ${answer.statusCode}`, answer.statusCode);
    }
    return JSON.parse((await bodyOf(answer)).toString("utf8"));
  }

  private async ask(method: "GET" | "HEAD", reference: string) {
    const { name, tag, digest } = imageReference(reference);
    const registry = this.of(reference);
    const answer = await registry.request({
      method,
      path: `/v2/${name}/manifests/${digest ?? tag}`,
      scopes: [pull(name)],
      headers: { accept: manifestTypes.join(", ") },
    });
    if (answer.statusCode === 200) return answer;
    answer.resume();
    if (answer.statusCode === 404) return undefined;
    const why = answer.statusCode === 403 ? "the login may not read this repository, or it is not there" : "";
    throw registry.unreachable(`${why || `it answered with HTTP ${answer.statusCode}`} (${name})`, answer.statusCode);
  }
}

/** The scope that lets one read a repository. */
export function pull(name: string): string {
  return `repository:${name}:pull`;
}
