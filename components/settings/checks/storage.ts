import { appSpecs } from "../../apps";
import { show } from "../../schema/fields";
import { bodyBytes } from "../../schema/values/network";
import { parseBytes } from "../../schema/values/resources";
import type { Check } from "./check";

/** NGINX keeps a request in `/tmp` until it is whole, and a pod that fills its `/tmp` is ended. */
export const proxyStorage: Check = (settings, { errors }) => {
  const { edge } = settings;
  const size = edge?.resources.tmpSize;
  if (!edge || size === undefined) return;
  const ofRoutes = appSpecs(settings).flatMap(({ routes = [] }) => routes);
  const bodies = [
    { key: "edge.limits.bodySize", bodySize: edge.limits.bodySize },
    ...ofRoutes.flatMap(({ key, bodySize }) => (bodySize === undefined ? [] : [{ key: `${key}.bodySize`, bodySize }])),
  ];
  for (const { key, bodySize } of bodies.filter(({ bodySize }) => parseBytes(size) < bodyBytes(bodySize)))
    errors.push(
      `edge.resources.tmpSize: ${show(size)} has no room for one request of ${key} (${show(bodySize)}), which would end the pod; raise it, or lower ${key}`,
    );
};
