import { fullReference } from "../../components/registry/reference";

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

/**
 * Every image that a stack's settings name, each reference once, in the order of the file: any key `image`, or one
 * that ends so (`proxyImage`), below a layer, either a reference or a map of `repository` and `source`. Values of another form are left to
 * the settings parser, which says what is wrong with them.
 *
 * @param layers the layers of a stack's file (`layersAt`)
 * @param tagOf gives the tag of an image that is built from a folder of this repository
 */
export function wantedImages(
  layers: Readonly<Record<string, unknown>>,
  tagOf: (source: string) => string,
): WantedImage[] {
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
  for (const [name, layer] of Object.entries(layers)) walk(layer, name);
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

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
