import type * as pulumi from "@pulumi/pulumi";
import type { MountedFiles, Place } from "../../contracts";
import { givenEnvironment } from "../../kubernetes/configuration";
import type { OwnSidecar } from "../../kubernetes/podTemplate";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { probesOf } from "./probe";
import type { DeclaredApp } from "./settings";
import { probedPort } from "./sidecars";
import { tlsVariables } from "./tls";
import { sidecarVariables } from "./variables";
import { volumeMounts } from "./volumeResources";

/** What the sidecars of a process are made of. */
export interface SidecarsArgs {
  readonly place: Pick<Place, "namespace" | "stage" | "logLevel">;
  readonly labels: Record<string, string>;
  readonly sidecars: DeclaredApp["processes"][string]["sidecars"];
  /** The files of the app. */
  readonly files: readonly MountedFiles[];
  /** What the one is told whose port the Service leads to: whether it speaks TLS, and with what. @default no one is */
  readonly tls?: {
    readonly port: string;
    readonly speaks: boolean;
    readonly certificateFiles: MountedFiles | undefined;
  };
}

/** The sidecars of a process, each with a Secret of its own where it has secret variables. */
export function createSidecars(
  workload: string,
  { place, labels, sidecars, files, tls }: SidecarsArgs,
  opts: pulumi.ComponentResourceOptions,
): OwnSidecar[] {
  const { namespace } = place;
  return Object.entries(sidecars).map(([name, settings]): OwnSidecar => {
    const { image, command, user, ports, resources, probe, stopSeconds, mounts } = settings;
    const given = new VersionedSecret(
      `${workload}-${name}-given`,
      { namespace, labels, values: settings.secretEnv },
      opts,
    );
    const asked = probedPort(settings);
    const before = tls && Object.hasOwn(ports, tls.port) ? tls : undefined;
    const probes = probesOf(probe, asked, before?.speaks === true && asked === before.port);
    const certificate = before?.certificateFiles;
    return {
      name,
      image: image.reference,
      ...(command && { command }),
      user,
      ports,
      resources,
      ...(probes && { probes }),
      shutdownSeconds: stopSeconds,
      environment: [
        ...variablesOf(sidecarVariables, { place }),
        ...(certificate ? variablesOf(tlsVariables, {}) : []),
        ...givenEnvironment(settings, given),
      ],
      files: [...files.filter(({ path }) => settings.files.includes(path)), ...(certificate ? [certificate] : [])],
      mounts: volumeMounts(mounts),
    };
  });
}
