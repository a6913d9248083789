import { statSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { z } from "zod";
import { sourceTag } from "../../images/sourceTag";
import { fullReference, namesRegistry, repositoryOf } from "../../registry/reference";
import type { SettingsContext } from "../context";
import { choice, Problem, show } from "../fields";

/** An image that the program runs. */
export interface Image {
  /** What a pod names: `registry/name:tag` or `registry/name@sha256:…`. */
  readonly reference: string;
  /** The reference without tag and digest. */
  readonly repository: string;
  /** The folder below the repository's root that it is built from, for images of this product. */
  readonly source?: string;
  /** The processors that it is built for, where the settings say so. */
  readonly platforms?: readonly string[];
}

/** An image of settings: where it stands, and the map that it stands in. */
export interface NamedImage {
  readonly path: readonly string[];
  readonly image: Image;
  readonly beside: object;
}

/** Every image that settings name, whatever it is for; one that is named twice comes twice. */
export function imagesIn(settings: unknown): Image[] {
  return namedImages(settings).map(({ image }) => image);
}

/** The same, each with where it stands. */
export function namedImages(settings: unknown, path: readonly string[] = [], beside: object = {}): NamedImage[] {
  if (typeof settings !== "object" || settings === null) return [];
  const { reference, repository } = settings as Partial<Image>;
  if (typeof reference === "string" && typeof repository === "string")
    return [{ path, image: settings as Image, beside }];
  return Object.entries(settings).flatMap(([key, value]) => namedImages(value, [...path, key], settings));
}

/**
 * Whether the reference means one image for ever: it has a digest, or its tag is made of the image's sources, which the
 * same tag cannot have in two versions.
 */
export function isPinned(image: Image): boolean {
  return image.source !== undefined || image.reference.includes("@sha256:");
}

const lowerCase = 'use "registry/name:tag" in lower case';
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
/** The reference grammar of the OCI distribution specification, with an optional registry and port. */
const repositoryForm = new RegExp(`^(?:[a-z0-9.-]+(?::\\d+)?/)?${component}(?:/${component})*$`);

function checkRepository(name: string, value: string): string {
  if (/[A-Z]/.test(name)) throw new Problem(`${show(value)} has upper-case letters; ${lowerCase}`);
  if (!repositoryForm.test(name) || name.length > 255)
    throw new Problem(`${show(value)} is not an image name; ${lowerCase}`);
  return name;
}

/** Checks a full reference: lower case, a tag or a digest, never `latest`. */
export function parseImage(value: string): Image {
  if (value.includes("://"))
    throw new Problem(`${show(value)} is a URL; ${lowerCase}, without ${value.split("//")[0]}//`);
  const [named = "", digest, ...rest] = value.split("@");
  if (rest.length > 0 || (digest !== undefined && !/^sha256:[a-f0-9]{64}$/.test(digest))) {
    throw new Problem(`${show(value)} has no valid digest; a digest is "@sha256:" and 64 hex digits`);
  }
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  const repository = checkRepository(tagged ? named.slice(0, colon) : named, value);
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (tag === undefined && digest === undefined) {
    throw new Problem(
      `${show(value)} has no tag; name the version, e.g. "${repository}:1.2.3", so that a release is a change of settings`,
    );
  }
  if (tag !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) {
    throw new Problem(`${show(value)} has no valid tag; a tag is up to 128 letters, digits, "_", "." and "-"`);
  }
  if (tag === "latest" && digest === undefined) {
    throw new Problem(
      `${show(value)} says "latest", which changes without a release; name the version, e.g. "${repository}:1.2.3"`,
    );
  }
  return { reference: value, repository };
}

/** An image: a full reference, or a repository and the folder it is built from (its tag is then made from the sources). */
export function image(context: SettingsContext, meaning: string) {
  const bySource = z.strictObject({
    repository: z.string().describe("in the map: name without tag"),
    source: z
      .string()
      .describe("in the map: folder of this repository that the image is built from. The tag is a digest of its files"),
    copyFrom: z
      .string()
      .optional()
      .describe(
        "in the map: repository of the previous stack, such as dev. The image is copied from it with the same digest, and not built; default: it is built",
      ),
    platforms: z
      .array(choice(["amd64", "arm64"]))
      .min(1, { error: "names no processor; use amd64, arm64 or both" })
      .optional()
      .describe(
        "in the map: processors that it is built for; default: those of the node pools, else of the cluster's nodes",
      ),
  });
  const form = 'use "registry/name:tag", or a map of repository and source';
  return z
    .union([z.string(), bySource], {
      error: (issue) => (issue.input === undefined ? undefined : `${show(issue.input)} is not an image; ${form}`),
    })
    .transform((value, issues): Image => {
      const key = typeof value === "string" ? [] : ["source"];
      try {
        if (typeof value === "string") return parseImage(value);
        if (value.repository.lastIndexOf(":") > value.repository.lastIndexOf("/") || value.repository.includes("@")) {
          issues.addIssue({
            code: "custom",
            path: ["repository"],
            message: `${show(value.repository)} has a tag; leave it out, it is made from the files of source`,
          });
          return z.NEVER;
        }
        if (value.copyFrom !== undefined) {
          const problem = copyProblem(value.copyFrom, value.repository);
          if (problem !== undefined) {
            issues.addIssue({ code: "custom", path: ["copyFrom"], message: problem });
            return z.NEVER;
          }
        }
        const repository = checkRepository(value.repository, value.repository);
        return {
          ...{ reference: `${repository}:${tagOf(value.source, context.root)}`, repository, source: value.source },
          ...(value.platforms && { platforms: value.platforms }),
        };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        issues.addIssue({ code: "custom", path: key, message: error.message });
        return z.NEVER;
      }
    })
    .describe(meaning);
}

/** What is wrong with the repository that an image is copied from. */
function copyProblem(from: string, repository: string): string | undefined {
  if (repositoryOf(from) !== from) return `${show(from)} has a tag; leave it out, it is the same as in repository`;
  if (fullReference(from) === fullReference(repository))
    return `${show(from)} is the same as repository; remove copyFrom: an image that exists is not built again`;
  if (!namesRegistry(from)) return `${show(from)} names no registry, so nothing can be copied from it`;
  try {
    checkRepository(from, from);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
}

/** The tag of the image that is built from `folder` below `root`. */
function tagOf(folder: string, root: string): string {
  const path = normalize(folder);
  if (isAbsolute(path) || path.startsWith("..")) {
    throw new Problem(`${show(folder)} is outside this repository; name a folder below its root, e.g. "apps/panel"`);
  }
  if (!isFolder(join(root, path))) {
    throw new Problem(
      `${show(folder)} is not a folder of this repository; name the folder that the image is built from`,
    );
  }
  return sourceTag(join(root, path));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Not there, or no path at all: too long, or with a zero byte in it.
    return false;
  }
}
