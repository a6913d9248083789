import { poolProcessors } from "../../clouds/processors";
import { keyName } from "../../schema/report";
import { namedImages } from "../../schema/values/image";
import type { Check } from "./check";

/** An image that is built for other processors than the nodes have starts on none of them: `exec format error`. */
const built: Check = ({ cluster, ...layers }, { errors }) => {
  for (const { path, image } of namedImages(layers)) {
    const { platforms } = image;
    if (!platforms) continue;
    const setting = keyName(path);
    const missing = (poolProcessors(cluster, setting) ?? []).filter((processor) => !platforms.includes(processor));
    if (missing.length > 0)
      errors.push(
        `${setting}.platforms: has no ${missing.join(" and no ")}, the processor of nodes in cluster.pools that run it; add it, or remove platforms`,
      );
  }
};

export const platformChecks: readonly Check[] = [built];
