import type { Facts, Inputs } from "../../clouds/shared/facts";
import { type Opening, textsIn } from "../../clouds/shared/facts/openings";
import { isObject } from "../../clouds/shared/facts/value";

/** Other ways in than the platform's NGINX. This program makes none; a team's own additions may. */
export const gateway: Facts = {
  "kubernetes:networking.k8s.io/v1:Ingress": { runs: true, openings },
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": { runs: true, openings },
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": { runs: true },
};

function openings({ spec }: Inputs): Opening[] {
  return [{ path: "spec", what: `the internet reaches ${hostsOf(spec)} through it` }];
}

function hostsOf(spec: unknown): string {
  const hosts = textsIn(isObject(spec) ? [spec.rules, spec.listeners] : []).filter((text) =>
    /^[a-z0-9*-]+(\.[a-z0-9-]+)+$/.test(text),
  );
  return hosts.length > 0 ? [...new Set(hosts)].join(", ") : "what is behind it";
}
