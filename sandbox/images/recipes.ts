import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sourceTag } from "../../components/images/sourceTag";
import { repositoryOf } from "../../components/registry/reference";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";

/** What stands in for an official image where its registry does not answer. */
export interface StandIn {
  /** The folder below stand-ins/ that builds the same programs from packages. */
  readonly folder: string;
  /** What is in it. */
  readonly program: string;
}

/** The bases of the others and of the reference apps: these versions and no others. */
export const baseStandIns: Readonly<Record<string, StandIn>> = {
  "docker.io/library/debian:bookworm-slim": { folder: "debian", program: "Debian 12" },
  "docker.io/library/node:22-bookworm-slim": { folder: "node", program: "Node.js 22" },
};

/**
 * Official servers that have a stand-in, by repository: a stack names the version that it deploys, and what Debian has
 * of it stands in for any version. One that is named by its digest is that image and no other.
 */
export const serverStandIns: Readonly<Record<string, StandIn>> = {
  "docker.io/library/postgres": { folder: "postgres", program: "Postgres 15" },
  "docker.io/library/redis": { folder: "redis", program: "Redis 7.0" },
  "docker.io/edoburu/pgbouncer": { folder: "pgbouncer", program: "PgBouncer 1.18" },
  "docker.io/library/nginx": { folder: "nginx", program: "NGINX 1.22" },
};

/** Versions that have a stand-in of their own, by their reference: an upgrade from one to the other is real. */
export const versionStandIns: Readonly<Record<string, StandIn>> = {
  "docker.io/library/postgres:17-trixie": { folder: "postgres-17", program: "Postgres 17" },
};

/** What stands in for an image, or undefined where nothing does. */
export function standInOf(reference: string): StandIn | undefined {
  if (reference.includes("@")) return undefined;
  return baseStandIns[reference] ?? versionStandIns[reference] ?? serverStandIns[repositoryOf(reference)];
}

/** A base image that a Dockerfile names as the default of one of its arguments. */
export interface Base {
  readonly argument: string;
  readonly reference: string;
}

/** How one image is made. */
export interface Recipe {
  readonly reference: string;
  /** Absolute path of the folder with the Dockerfile. */
  readonly folder: string;
  /** Base images that are made here too, by the argument that names them; the others are pulled. */
  readonly bases: readonly { readonly argument: string; readonly recipe: Recipe }[];
  /** Whether a base is pulled from a registry. */
  readonly pulls: boolean;
  /** Twelve hex digits over everything that decides what the image contains. */
  readonly key: string;
  /** The image's name in the builder's storage. */
  readonly tag: string;
  /** File name of its archive. */
  readonly archive: string;
}

/** Where recipes come from and what can be pulled; replaced in tests. */
export interface RecipeSources {
  /** Folder with one folder per stand-in. */
  readonly standIns: string;
  /** Whether the registry of a reference answers. */
  readonly pullable: (reference: string) => boolean;
  /** `amd64` or `arm64`. */
  readonly architecture: string;
}

/** The stand-in's recipe, or undefined where a reference has none. */
export function standInRecipe(reference: string, sources: RecipeSources): Recipe | undefined {
  const standIn = standInOf(reference);
  return standIn && recipe(reference, join(sources.standIns, standIn.folder), sources);
}

/**
 * The recipe of an image that a folder's Dockerfile builds. The key covers the folder's files, the processor and the
 * keys of the bases, so a changed base rebuilds what stands on it.
 */
export function recipe(reference: string, folder: string, sources: RecipeSources): Recipe {
  const hash = createHash("sha256").update(`${reference}\n${sources.architecture}\n${sourceTag(folder)}\n`);
  const bases: { argument: string; recipe: Recipe }[] = [];
  let pulls = false;
  for (const base of dockerfileBases(readFileSync(join(folder, "Dockerfile"), "utf8"))) {
    // The digest says what the registry's is; the stand-in, where there is no registry, is one for all of them.
    const recipeOfBase = sources.pullable(base.reference)
      ? undefined
      : standInRecipe(base.reference.split("@")[0]!, sources);
    if (recipeOfBase) bases.push({ argument: base.argument, recipe: recipeOfBase });
    else pulls = true;
    hash.update(`${base.argument}=${recipeOfBase ? recipeOfBase.key : base.reference}\n`);
  }
  const key = hash.digest("hex").slice(0, 12);
  const name = repositoryOf(reference).replaceAll(/[/:]/g, "_");
  return {
    reference,
    folder,
    bases,
    pulls,
    key,
    tag: `localhost/switchboard-build/${name}:${key}`,
    archive: `${name}-${key}.tar`,
  };
}

/** The bases of a Dockerfile: its `ARG NAME=registry/name:tag` lines before the first FROM. */
export function dockerfileBases(dockerfile: string): Base[] {
  const head = dockerfile.split(/^FROM\s/m)[0] ?? "";
  return [...head.matchAll(/^ARG\s+(\w+)=(\S+\/\S+)$/gm)].map(([, argument = "", reference = ""]) => ({
    argument,
    reference,
  }));
}

/**
 * The absolute path of an image's `source`.
 * @throws UserError when it is no folder of this repository with a Dockerfile
 */
export function sourceFolder(source: string): string {
  const folder = resolve(repository, source);
  if (!folder.startsWith(`${repository}/`) || !existsSync(join(folder, "Dockerfile"))) {
    throw new UserError(
      `image source ${JSON.stringify(source)}: there is no Dockerfile in such a folder of this repository`,
      "name a folder below the repository's root that has one, for example apps/panel",
    );
  }
  return folder;
}
