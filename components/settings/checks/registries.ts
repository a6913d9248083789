import { show } from "../fields";
import { isFrom } from "../values/registry";
import type { Check, Layers } from "./check";

/** Every image that the stack's own pods run, by the key that names it. */
function imagesOf({ panel, chat, edge, postgres, redis }: Layers): [key: string, repository: string][] {
  const named = Object.entries({ panel, chat, edge, postgres, redis }).flatMap(([layer, settings]) =>
    settings && "image" in settings && settings.image ? [[`${layer}.image`, settings.image.repository] as const] : [],
  );
  const proxy =
    postgres && "proxyImage" in postgres ? (postgres.proxyImage as { repository: string } | undefined) : undefined;
  return [
    ...named.map(([key, repository]): [string, string] => [key, repository]),
    ...(proxy ? [["postgres.proxyImage", proxy.repository] as [string, string]] : []),
  ];
}

/** Credentials that no image is pulled with are a mistake in the name, which shows itself as an image that cannot be had. */
const used: Check = (settings, { errors, warnings }) => {
  const registries = Object.entries(settings.operations?.registries ?? {});
  const images = imagesOf(settings);
  for (const [index, [name, { host }]] of registries.entries()) {
    const other = registries.slice(0, index).find(([, entry]) => entry.host === host);
    if (other)
      errors.push(
        `operations.registries.${name}.host: ${show(host)} is that of operations.registries.${other[0]} too, and a pod has one user for each; keep one of them`,
      );
    else if (!images.some(([, repository]) => isFrom(host, repository)))
      warnings.push(
        `operations.registries.${name}.host: no image of this stack is from ${show(host)}: they are ${images.map(([, repository]) => repository).join(", ")}; write it as it stands in the references`,
      );
  }
};

export const registryChecks: readonly Check[] = [used];
