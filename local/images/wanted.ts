import { parse } from "yaml";
import { fullReference } from "../../components/registry/reference";
import { Refusal } from "../support/refusal";

/** An image that a stack's settings name. */
export interface WantedImage {
  /** Full reference with registry, as a node stores it. */
  readonly reference: string;
  /** Folder of this repository that it is built from; absent for images of other projects. */
  readonly source?: string;
  /** The repository of another stack's registry that it is copied from instead of being built. */
  readonly copyFrom?: string;
  /** Processors that it is for, as the settings say: `amd64`, `arm64`. */
  readonly platforms?: readonly string[];
  /** The setting that names it, for example `postgres.image`. */
  readonly setting: string;
}

/** The prefix of this project's keys in a stack file. */
const project = "switchboard:";

/**
 * Every image that a stack's settings name, each reference once, in the order of the file: any key `image`, or one that ends so
 * (`proxyImage`), below a `switchboard:` layer, either a reference or a map of `repository` and `source`. Values of another form are left to
 * the settings parser, which says what is wrong with them.
 *
 * @param config the `config` map of a Pulumi.<stack>.yaml
 * @param tagOf gives the tag of an image that is built from a folder of this repository
 */
export function wantedImages(config: unknown, tagOf: (source: string) => string): WantedImage[] {
  const found = new Map<string, WantedImage>();
  const walk = (value: unknown, path: string): void => {
    if (!isMap(value)) return;
    for (const [key, child] of Object.entries(value)) {
      const setting = path ? `${path}.${key}` : key;
      const image = /^image$|Image$/.test(key) ? toImage(child, setting, tagOf) : undefined;
      if (image) {
        if (!found.has(image.reference)) found.set(image.reference, image);
      } else {
        walk(child, setting);
      }
    }
  };
  if (isMap(config)) {
    for (const [key, layer] of Object.entries(config)) {
      if (key.startsWith(project)) walk(layer, key.slice(project.length));
    }
  }
  return [...found.values()];
}

function toImage(value: unknown, setting: string, tagOf: (source: string) => string): WantedImage | undefined {
  if (typeof value === "string") return { reference: fullReference(value), setting };
  if (!isMap(value) || typeof value.repository !== "string" || typeof value.source !== "string") return undefined;
  const { repository, source, copyFrom, platforms } = value;
  return {
    reference: fullReference(`${repository}:${tagOf(source)}`),
    source,
    ...(typeof copyFrom === "string" && { copyFrom: fullReference(copyFrom) }),
    ...(Array.isArray(platforms) && { platforms: platforms.map(String) }),
    setting,
  };
}

/**
 * The `config` map of a stack file.
 * @throws Refusal when the text is not YAML
 */
export function stackConfig(text: string, file: string): unknown {
  try {
    const stack = parse(text) as unknown;
    return isMap(stack) ? stack.config : undefined;
  } catch (error) {
    throw new Refusal(
      `${file} is not valid YAML: ${(error as Error).message.split("\n")[0]}`,
      "correct the file and run again",
    );
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
