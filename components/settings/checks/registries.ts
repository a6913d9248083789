import { show } from "../../schema/fields";
import { imagesIn } from "../../schema/values/image";
import { isFrom } from "../../schema/values/registry";
import type { Check } from "./check";

/** Credentials that no image is pulled with are a mistake in the name, which shows itself as an image that cannot be had. */
const used: Check = (settings, { errors, warnings }) => {
  const registries = Object.entries(settings.operations?.registries ?? {});
  const images = imagesIn(settings).map(({ repository }) => repository);
  for (const [index, [name, { host }]] of registries.entries()) {
    const other = registries.slice(0, index).find(([, entry]) => entry.host === host);
    if (other)
      errors.push(
        `operations.registries.${name}.host: ${show(host)} is that of operations.registries.${other[0]} too, and a pod has one user for each; keep one of them`,
      );
    else if (!images.some((repository) => isFrom(host, repository)))
      warnings.push(
        `operations.registries.${name}.host: no image of this stack is from ${show(host)}: they are ${images.join(", ")}; write it as it stands in the references`,
      );
  }
};

export const registryChecks: readonly Check[] = [used];
