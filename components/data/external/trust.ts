import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import type { TransportSecurity } from "../../contracts";
import { VersionedSecret } from "../../kubernetes/versionedSecret";

/** How a server of others proves itself, as settings say it. */
interface TlsSettings {
  readonly mode: "verify-full" | "verify-ca" | "disable";
  /** PEM. @default what the apps' images trust */
  readonly authority?: string | undefined;
}

/** How clients verify a server of others, and what must be there before they do: a Secret with the authority. */
export function trustIn(
  name: string,
  { mode, authority }: TlsSettings,
  inside: { readonly namespace: Input<string>; readonly labels: Record<string, string> },
  opts: CustomResourceOptions,
): { readonly tls: TransportSecurity; readonly ready: readonly Resource[] } {
  if (mode === "disable") return { tls: { mode }, ready: [] };
  if (authority === undefined) return { tls: { mode: "verify-full", authority: "system" }, ready: [] };
  const stored = new VersionedSecret(`${name}-authority`, { ...inside, values: { "ca.crt": authority } }, opts);
  return { tls: { mode, authority: stored.ref("ca.crt") }, ready: stored.ready };
}
