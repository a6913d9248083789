import { bodyBytes } from "../../ingress/settings/proxyStorage";
import { show } from "../../schema/fields";
import { parseBytes } from "../../schema/values/resources";
import type { Check } from "./check";

/** NGINX keeps a request in `/tmp` until it is whole, and a pod that fills its `/tmp` is ended. */
export const proxyStorage: Check = ({ edge }, { errors }) => {
  const size = edge?.resources.tmpSize;
  if (!edge || size === undefined || parseBytes(size) >= bodyBytes(edge.limits.bodySize)) return;
  errors.push(
    `edge.resources.tmpSize: ${show(size)} has no room for one request of edge.limits.bodySize (${show(edge.limits.bodySize)}), which would end the pod; raise it, or lower edge.limits.bodySize`,
  );
};
