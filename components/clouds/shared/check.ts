import type { AppIdentity } from "../../contracts";
import type { IngressSettings } from "../../ingress/settings";
import type { Check } from "../../schema/check";
import type { ParsedOf } from "../../schema/sealed";
import type { operations } from "../../stack/settings";

/** What a check of a cloud looks at. Kinds are told apart by their word: `ofKind` gives the settings of one's own. */
export interface CloudLayers {
  readonly cluster?: { readonly kind: string };
  readonly postgres?: { readonly kind: string; readonly maxConnections: number };
  readonly redis?: { readonly kind: string };
  readonly edge?: Pick<IngressSettings, "replicas" | "websocketIdleSeconds" | "service">;
  readonly apps?: Readonly<Record<string, { readonly identity?: AppIdentity | undefined }>>;
  readonly operations?: ParsedOf<typeof operations>;
}

/** What lies between a cloud's own settings and others. */
export type CloudCheck = Check<CloudLayers>;

/** The settings of a layer, where they are of this kind. */
export function ofKind<Settings extends { readonly kind: string }>(
  layer: { readonly kind: string } | undefined,
  kind: Settings["kind"],
): Settings | undefined {
  return layer?.kind === kind ? (layer as Settings) : undefined;
}
