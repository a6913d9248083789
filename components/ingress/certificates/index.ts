import type * as pulumi from "@pulumi/pulumi";
import type { Certificate, Place } from "../../contracts";
import { product, standardLabels } from "../../naming";
import type { CertificateSettings, IngressSettings } from "../settings";

/** What every certificate is given besides its settings. */
export interface CertificateArgs {
  readonly namespace: pulumi.Input<string>;
  readonly stage: string;
  readonly labels: Record<string, string>;
  /** The public host names it must cover. */
  readonly hostnames: readonly string[];
  readonly place: Place;
}

type Build<S> = (settings: S, args: CertificateArgs, opts: pulumi.ComponentResourceOptions) => Promise<Certificate>;

/** Where a certificate comes from. Each kind is loaded only when the stack chose it. */
const certificateKinds: { [K in CertificateSettings["kind"]]: Build<Extract<CertificateSettings, { kind: K }>> } = {
  selfSigned: async (settings, args, opts) =>
    new (await import("./selfSigned")).SelfSignedCertificate("certificate", settings, args, opts),
  acme: async (settings, args, opts) =>
    new (await import("./acme")).AcmeCertificate("certificate", settings, args, opts),
  provided: async (settings, args, opts) =>
    new (await import("./provided")).ProvidedCertificate("certificate", settings, args, opts),
};

/** What the certificate of a stack is made of. */
export interface StackCertificateArgs {
  readonly edge: Pick<IngressSettings, "certificate">;
  readonly hostnames: readonly string[];
  readonly place: Place;
}

/** Builds the certificate that the settings chose, for the host names that the settings name. */
export async function createCertificate(
  { edge, hostnames, place }: StackCertificateArgs,
  opts: pulumi.ComponentResourceOptions,
): Promise<Certificate> {
  const build = certificateKinds[edge.certificate.kind] as Build<CertificateSettings>;
  const labels = standardLabels({ name: product, component: "certificate" }, { stage: place.stage, version: "" });
  return build(edge.certificate, { namespace: place.namespace, stage: place.stage, labels, hostnames, place }, opts);
}
