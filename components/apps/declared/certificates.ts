import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { releaseOf } from "../../kubernetes/podTemplate";
import { ServerTls } from "../../kubernetes/serverTls";
import { standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import type { DeclaredApps } from "./settings";
import { processIdentity, processName } from "./spec";

/** What the certificates are given. */
interface CertificatesArgs {
  readonly settings: { readonly apps: DeclaredApps; readonly operations: Pick<OperationsSettings, "version"> };
  readonly place: Pick<Place, "namespace" | "stage">;
}

/**
 * The certificates that the platform makes for processes, by the names of their Services. All of them are made before
 * any app: two apps may call each other, and each verifies the other's.
 */
export function createCertificates(
  { settings, place }: CertificatesArgs,
  opts: ComponentResourceOptions,
): Map<string, ServerTls> {
  const made = Object.entries(settings.apps).flatMap(([name, { image, processes }]) => {
    const release = releaseOf({ ...place, image: image.reference, version: settings.operations.version });
    return Object.entries(processes)
      .filter(([, { tls }]) => tls === "platform")
      .map(([process, settings]): [string, ServerTls] => {
        const service = processName(name, process, settings);
        const labels = standardLabels(processIdentity(name, process), release);
        return [service, new ServerTls(`${service}-tls`, { namespace: place.namespace, labels, service }, opts)];
      });
  });
  return new Map(made);
}
