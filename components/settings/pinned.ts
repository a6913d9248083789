import { RegistryUnreachable } from "../registry/client";
import type { Login } from "../registry/credentials";
import { namesRegistry } from "../registry/reference";
import { Secret } from "../schema/secret";
import type { Image } from "../schema/values/image";

/** What tells the digests of a stack's images. */
export interface DigestSources {
  /** The digest under a reference in its registry; undefined where nothing is there yet. */
  readonly registry: (reference: string) => Promise<string | undefined>;
  /** What the stack runs by its state, as text with references in it; asked only where a registry gives no answer. */
  readonly state: () => Promise<string>;
}

/** Settings with digests, and what is worth saying about it. */
export interface Pinned<T> {
  readonly settings: T;
  readonly warnings: readonly string[];
}

/**
 * Clusters of this machine that get images from its builder and pull none (cli/images/loadPlan.ts), and the local nodes:
 * for them a digest of a registry would name an image that no node has.
 */
const loaded =
  /^(switchboard-local|kind-.*|k3d-.*|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(-.*)?)$/;

/**
 * Puts the digest into the reference of every image that is built from this repository, so that pods run exactly what the
 * registry holds and no later build of the same sources. A tag that is not there yet stays a tag: it is pushed before the
 * update. Where the registry cannot be asked the digest counts that the stack runs under this very tag: a machine without
 * a login sees no difference that is none.
 *
 * @param settings any checked settings: images are found by their form
 */
export async function pinImages<T extends object>(settings: T, sources: DigestSources): Promise<Pinned<T>> {
  const { cluster } = settings as { cluster?: { kind?: unknown; context?: unknown } };
  if (cluster?.kind === "existing" && loaded.test(String(cluster.context))) return { settings, warnings: [] };
  const digests = new Map<string, Promise<string | undefined>>();
  const unasked = new Map<string, { reason: string; kept: string[]; bare: string[] }>();
  const digestOf = (reference: string) => {
    const known = digests.get(reference) ?? find(reference);
    digests.set(reference, known);
    return known;
  };
  const find = async (reference: string) => {
    try {
      return await sources.registry(reference);
    } catch (error) {
      if (!(error instanceof RegistryUnreachable)) throw error;
      const running = new RegExp(`(?<![\\w./:-])${escaped(reference)}@(sha256:[0-9a-f]{64})`).exec(
        await sources.state(),
      );
      const unanswered = unasked.get(error.registry) ?? { reason: error.reason, kept: [], bare: [] };
      unasked.set(error.registry, unanswered);
      unanswered[running ? "kept" : "bare"].push(reference);
      return running?.[1];
    }
  };
  const pinned = await eachImage(settings, async (image) => {
    const digest = await digestOf(image.reference);
    return digest ? { ...image, reference: `${image.reference}@${digest}` } : image;
  });
  const warnings = [...unasked].map(([registry, { reason, kept, bare }]) =>
    [
      `the registry ${registry} could not be asked (${reason}):`,
      ...(kept.length > 0
        ? [`${kept.join(", ")} ${kept.length === 1 ? "keeps" : "keep"} the digest that the stack runs`]
        : []),
      ...(kept.length > 0 && bare.length > 0 ? ["and"] : []),
      ...(bare.length > 0 ? [`${bare.join(", ")} ${bare.length === 1 ? "has" : "have"} no digest`] : []),
    ].join(" "),
  );
  return { settings: pinned as T, warnings };
}

/**
 * The logins that a stack's settings have for its pods (`operations.registries`): who may pull may ask. The host may have
 * the beginning of a path.
 */
export function pullLogins(settings: object): Record<string, Login> {
  const { operations } = settings as { operations?: { registries?: Readonly<Record<string, unknown>> } };
  const entries = Object.values(operations?.registries ?? {}).flatMap((entry) => {
    const { host, user, password } = entry as { host?: unknown; user?: unknown; password?: unknown };
    return typeof host === "string" && typeof user === "string" && password instanceof Secret
      ? [[host, { username: user, password: password.reveal() }] as const]
      : [];
  });
  return Object.fromEntries(entries);
}

/** A copy with every image of a registry that is built from sources replaced; everything else is the same object. */
async function eachImage(value: unknown, replace: (image: Image) => Promise<Image>): Promise<unknown> {
  if (!isPlain(value)) return value;
  if (isBuilt(value)) return replace(value);
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, entry]) => [key, await eachImage(entry, replace)] as const),
  );
  return entries.every(([key, entry]) => entry === value[key]) ? value : Object.fromEntries(entries);
}

/** A map, and no instance of a class: a secret stays the object that it is. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isBuilt(value: Record<string, unknown>): value is Record<string, unknown> & Image {
  const { reference, repository, source } = value;
  return (
    typeof reference === "string" &&
    typeof repository === "string" &&
    typeof source === "string" &&
    !reference.includes("@") &&
    namesRegistry(reference)
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
