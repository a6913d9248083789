import { RegistryUnreachable } from "../../components/registry/client";
import type { Registries } from "../../components/registry/manifests";
import { namesRegistry, repositoryOf } from "../../components/registry/reference";
import { UserError } from "../../lib/userError";
import type { WantedImage } from "../../sandbox/images/wanted";
import { type Build, type Builder, buildCommand, type Command, multiPlatformCommands, pushCommand } from "./builders";
import { copyImage } from "./copy";
import { unknownPlatform } from "./platforms";

/** What bringing images to a registry needs. */
export interface Publishing {
  readonly registries: Registries;
  /** The builder; asked for when something has to be built. */
  readonly builder: () => Promise<Builder>;
  /** The sources as a builder gets them. */
  readonly sources: (image: WantedImage) => Omit<Build, "reference" | "platforms">;
  /** The platforms of the nodes, where they are known. */
  readonly platforms: (image: WantedImage) => Promise<readonly string[] | undefined>;
  /** Runs a command. @throws UserError where it fails */
  readonly run: (command: Command) => Promise<void>;
  readonly report: (line: string) => void;
}

/**
 * Makes sure that an image is in the registry of its name, and is made only once: what is there is neither built nor
 * pushed; with `copyFrom` it is copied from there; else it is built, and where another builder was faster theirs counts.
 *
 * @returns the reference with the digest; without where the registry cannot be asked from here
 * @throws UserError that says what to do
 */
export async function publish(image: WantedImage, publishing: Publishing): Promise<string> {
  const { reference } = image;
  const { registries, report } = publishing;
  if (!namesRegistry(reference)) throw noRegistry(image);
  const there = await asked(image, publishing);
  if (there.digest) {
    await checkPlatforms(image, publishing);
    report(`${reference}@${there.digest}: is there, neither built nor pushed`);
    return `${reference}@${there.digest}`;
  }
  if (image.copyFrom) return copied(image, image.copyFrom, publishing);
  await built(image, publishing, there.unasked);
  const digest = there.unasked ? undefined : await registries.digestOf(reference);
  if (digest === undefined && !there.unasked) {
    throw new UserError(
      `${reference} was pushed and is not there`,
      "look whether the registry keeps what it takes (a quota, a rule that deletes), then run this again",
    );
  }
  if (digest) await checkPlatforms(image, publishing);
  report(digest ? `${reference}@${digest}` : reference);
  return digest ? `${reference}@${digest}` : reference;
}

/** What the registry says of a name; a registry that cannot be asked may still take what Docker pushes. */
async function asked({ reference }: WantedImage, { registries, report }: Publishing) {
  try {
    return { digest: await registries.digestOf(reference), unasked: false };
  } catch (error) {
    if (!(error instanceof RegistryUnreachable)) throw error;
    report(`${error.message}: it cannot be asked whether ${reference} is there, so the image is built and pushed`);
    return { digest: undefined, unasked: true };
  }
}

/** An image for other processors than the nodes' is found by `exec format error`, minutes later. */
async function checkPlatforms(image: WantedImage, { registries, platforms }: Publishing): Promise<void> {
  const wanted = await platforms(image);
  if (!wanted) return;
  const there = (await registries.platformsOf(image.reference)) ?? [];
  const missing = wanted.filter(
    (platform) => !there.some((known) => known === platform || known.startsWith(`${platform}/`)),
  );
  if (missing.length === 0 || there.length === 0) return;
  throw new UserError(
    `${image.reference} is in its registry for ${there.join(" and ")}, but nodes of this stack need ${missing.join(" and ")}`,
    `a tag is never pushed twice. Name all processors in ${image.setting}.platforms of the stack that builds. Then delete that tag, or change a source`,
  );
}

async function copied(image: WantedImage, from: string, publishing: Publishing): Promise<string> {
  const { registries, report } = publishing;
  const { reference, setting } = image;
  const source = `${from}${reference.slice(repositoryOf(reference).length)}`;
  const digest = await registries.digestOf(source).catch((error) => refuseUnreachable(error, source));
  if (!digest) {
    throw new UserError(
      `${setting}: ${source} is not there, and ${setting}.copyFrom says that this image is copied from there`,
      "bring the stack up that builds it, or take copyFrom out to build here",
    );
  }
  report(`${reference}: copying ${source}@${digest}`);
  try {
    await copyImage(registries, `${from}@${digest}`, reference);
  } catch (error) {
    // Taken by another one in the meantime: then theirs counts.
    const theirs = await registries.digestOf(reference).catch(() => undefined);
    if (theirs === undefined) refuseUnreachable(error, reference);
  }
  await checkPlatforms(image, publishing);
  const result = `${reference}@${await registries.digestOf(reference)}`;
  report(result);
  return result;
}

function refuseUnreachable(error: unknown, reference: string): never {
  if (!(error instanceof RegistryUnreachable)) throw error;
  throw new UserError(
    `${reference}: ${error.message}`,
    "log in to that registry (docker login, podman login, or the cloud's own tool), or make it reachable from here",
  );
}

async function built(image: WantedImage, publishing: Publishing, unasked: boolean): Promise<void> {
  const { reference } = image;
  const { registries, report, run } = publishing;
  const platforms = await publishing.platforms(image);
  if (!platforms) throw unknownPlatform(image);
  const builder = await publishing.builder();
  const build = { reference, platforms, ...publishing.sources(image) };
  const theirs = () => (unasked ? Promise.resolve(undefined) : registries.digestOf(reference));
  const [first, ...rest]: Command[] =
    platforms.length > 1
      ? multiPlatformCommands(builder, build)
      : [buildCommand(builder, build), pushCommand(builder, reference)];
  try {
    await run(first!);
    // A build takes minutes: somebody else may have pushed by now.
    if (rest.length > 0 && (await theirs())) report(`${reference}: another builder was faster, its image is taken`);
    else for (const command of rest) await run(command);
  } catch (error) {
    // A registry whose tags never change refuses the second one.
    if (!(error instanceof UserError) || !(await theirs().catch(() => undefined))) throw error;
    report(`${reference}: another builder was faster, its image is taken`);
  }
}

function noRegistry({ reference, setting }: WantedImage): UserError {
  return new UserError(
    `${reference} names no registry, and this machine cannot load images into the stack's cluster`,
    `set ${setting}.repository (now ${repositoryOf(reference)}) to a registry that you can push to and the cluster can pull from. The nodes that "npm run up" starts need no registry`,
  );
}
