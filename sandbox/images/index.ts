import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join, relative } from "node:path";
import { sourceTag } from "../../components/images/sourceTag";
import { repositoryOf } from "../../components/registry/reference";
import { layersAt } from "../../engine/stack/stackFile";
import { imageStore, logs, repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { Builder, checkTools } from "./builder";
import { hostPackages } from "./hostPackages";
import { withLock } from "./lock";
import {
  dockerfileBases,
  type Recipe,
  type RecipeSources,
  recipe,
  serverStandIns,
  sourceFolder,
  standInOf,
  standInRecipe,
} from "./recipes";
import { reachableRegistries } from "./registry";
import { architecture } from "./scratch";
import { type WantedImage, wantedImages } from "./wanted";

/** An image that a node imports, because it cannot pull it. */
export interface ImageArchive {
  /** The name that pods use. */
  readonly reference: string;
  /** Path of an archive in the format of `docker save`; its name changes with its content. */
  readonly archive: string;
}

/** What `ensureImages` needs. */
export interface ImagesRequest {
  /** Path of the Pulumi.<stack>.yaml that names the images. */
  readonly stackFile: string;
  /** Called with one short line whenever there is something to say. */
  readonly report: (line: string) => void;
  /** Ends a running build; what is finished stays. */
  readonly signal?: AbortSignal;
  /** Asks a registry host whether it answers. @default an HTTPS request */
  readonly answers?: (host: string) => Promise<boolean>;
}

/** Free bytes without which no build starts: Debian, both apps' build stages and all archives need about 2 GB. */
const wantedSpace = 3 * 1024 ** 3;
/** Archives of one repository that stay, newest first, so that going back to the last version builds nothing. */
const keptVersions = 3;
const archives = join(imageStore, "archives");

/**
 * Makes every image that a stack names available to nodes that have no registry. Images of this repository are built
 * from their Dockerfile; official images get a stand-in from Debian packages, and only where their registry does not
 * answer (else the nodes pull them, and they are not in the result). What is unchanged is not built again.
 *
 * @throws UserError when an image has neither registry nor stand-in, a tool is missing, the disk is too full or a build
 * fails; nothing half-built stays under a final name
 */
export async function ensureImages(request: ImagesRequest): Promise<ImageArchive[]> {
  const { stackFile, report, signal } = request;
  if (!existsSync(stackFile)) {
    throw new UserError(`there is no stack file ${relative(repository, stackFile)}`, "name a stack that has one");
  }
  const config = layersAt(stackFile);
  const wanted = wantedImages(config, (source) => sourceTag(sourceFolder(source)));
  const recipes = await planRecipes(wanted, request);

  const missing = recipes.filter((image) => !existsSync(join(archives, image.archive)));
  if (missing.length > 0) {
    checkTools();
    checkSpace();
    await withLock(join(imageStore, "lock"), "building images", () => buildAll(missing, report, signal));
  }
  return recipes.map((image) => {
    const archive = join(archives, image.archive);
    // The time of the last use decides what `prune` keeps.
    utimesSync(archive, new Date(), new Date());
    return { reference: image.reference, archive };
  });
}

/** The recipes of the wanted images that no registry gives. */
async function planRecipes(wanted: readonly WantedImage[], request: ImagesRequest): Promise<Recipe[]> {
  const bases = wanted.flatMap(({ source }) =>
    source ? dockerfileBases(readFileSync(join(sourceFolder(source), "Dockerfile"), "utf8")) : [],
  );
  const foreign = [...wanted.filter(({ source }) => !source), ...bases].map(({ reference }) => reference);
  const pullable = await reachableRegistries(foreign, request.answers);
  const sources: RecipeSources = {
    standIns: join(__dirname, "stand-ins"),
    pullable,
    architecture: architecture(process.arch),
  };
  return wanted.flatMap((image) => {
    if (image.source) return [recipe(image.reference, sourceFolder(image.source), sources)];
    if (pullable(image.reference)) return [];
    const standIn = standInRecipe(image.reference, sources);
    if (!standIn) throw noStandIn(image);
    request.report(
      `${image.reference}: its registry does not answer; using the stand-in from Debian packages (${standInOf(image.reference)!.program})`,
    );
    return [standIn];
  });
}

function noStandIn({ reference, setting }: WantedImage): UserError {
  const known = Object.keys(serverStandIns).join(", ");
  const pinned = reference.includes("@") && standInOf(reference.split("@")[0]!) ? " under a digest" : "";
  return new UserError(
    `${setting}: ${reference} is not available: its registry does not answer, and there is no stand-in for it${pinned}`,
    `name an image with a stand-in (a tag of ${known}). Or make the registry reachable from this machine, or use a cluster that has the image`,
  );
}

function checkSpace(): void {
  mkdirSync(imageStore, { recursive: true });
  const { bavail, bsize } = statfsSync(imageStore);
  if (bavail * bsize < wantedSpace) {
    throw new UserError(
      `too little space to build images: ${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free below ${imageStore}, 3 GiB needed`,
      "free some space, or set SWITCHBOARD_CACHE to a folder on a larger disk",
    );
  }
}

/** Runs under the lock, so whatever is temporary here was left by a run that was killed. */
async function buildAll(
  missing: readonly Recipe[],
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const leftover of ["tmp", "run", "host"]) rmSync(join(imageStore, leftover), { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  for (const file of readdirSync(archives)) {
    if (file.endsWith(".partial")) rmSync(join(archives, file));
  }
  const hostFolder = join(imageStore, "host");
  try {
    const builder = new Builder(imageStore, logs, hostPackages(hostFolder), signal);
    const built = new Map<string, Promise<void>>();
    const ensureBuilt = (image: Recipe): Promise<void> => {
      const running = built.get(image.tag) ?? build(image);
      built.set(image.tag, running);
      return running;
    };
    const build = async (image: Recipe): Promise<void> => {
      if (await builder.find(image)) return;
      for (const base of image.bases) await ensureBuilt(base.recipe);
      const started = Date.now();
      report(`${image.reference}: building`);
      await builder.build(image);
      report(`${image.reference}: built in ${Math.round((Date.now() - started) / 1000)} s`);
    };
    await inPairs(missing, async (image) => {
      await ensureBuilt(image);
      const archive = join(archives, image.archive);
      await builder.save(image, `${archive}.partial`);
      renameSync(`${archive}.partial`, archive);
    });
    await prune(builder, missing);
  } finally {
    // It may hold a registry login.
    rmSync(hostFolder, { recursive: true, force: true });
    rmSync(join(imageStore, "tmp"), { recursive: true, force: true });
  }
}

/** Two at a time: one build mostly waits for packages, the other unpacks. All end before an error is thrown. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error) => failures.push(error));
    }
  };
  await Promise.all([worker(), worker()]);
  if (failures.length > 0) throw failures[0];
}

/** Removes archives of the repositories that were just built, beyond the newest few, with their stored images. */
async function prune(builder: Builder, built: readonly Recipe[]): Promise<void> {
  for (const name of new Set(built.map((image) => repositoryOf(image.tag).split("/").pop() ?? ""))) {
    const versions = readdirSync(archives)
      .filter((file) => file.replace(/-[0-9a-f]{12}\.tar$/, "") === name)
      .map((file) => ({ file, used: statSync(join(archives, file)).mtimeMs }))
      .sort((a, b) => b.used - a.used);
    for (const { file } of versions.slice(keptVersions)) {
      rmSync(join(archives, file));
      await builder.remove(`localhost/switchboard-build/${name}:${file.slice(-16, -4)}`);
    }
  }
}
