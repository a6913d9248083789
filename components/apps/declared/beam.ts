import * as core from "@pulumi/kubernetes/core/v1";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { Destination, EnvironmentVariable, MountedFiles } from "../../contracts";
import { type BeamClusterArgs, beamCluster } from "../../kubernetes/beamCluster";
import {
  distributionConf,
  distributionConfFile,
  distributionConfFolder,
  distributionPort,
  nodeTlsFolder,
} from "../../kubernetes/beamFlags";
import { variablesOf } from "../../kubernetes/variables";
import { standardLabels } from "../../naming";
import { beamVariables } from "./cluster";

/** What a process is given to be a node of a cluster. */
export interface BeamNode {
  readonly environment: readonly EnvironmentVariable[];
  readonly files: readonly MountedFiles[];
  readonly ports: Readonly<Record<string, number>>;
  readonly connectsTo: readonly Destination[];
  readonly after: readonly Resource[];
}

/** The cluster of a process, and what makes each of its pods a node of it. */
export function beamNode(
  name: string,
  args: BeamClusterArgs & { readonly app: string },
  opts: CustomResourceOptions,
): BeamNode {
  const cluster = beamCluster(name, args, opts);
  const { namespace, identity, release } = args;
  const conf = new core.ConfigMap(
    `${name}-tls-config`,
    {
      metadata: { namespace, labels: standardLabels(identity, release) },
      immutable: true,
      data: { [distributionConfFile]: distributionConf },
    },
    opts,
  );
  return {
    environment: variablesOf(beamVariables, {
      app: args.app,
      cookie: cluster.cookie.ref("cookie"),
      members: cluster.members,
    }),
    files: [
      { name: "node-tls", path: nodeTlsFolder, source: cluster.nodeTls },
      { name: "node-tls-config", path: distributionConfFolder, source: { configMap: conf.metadata.name } },
    ],
    ports: { dist: distributionPort },
    connectsTo: [cluster.distribution],
    after: [...cluster.cookie.ready, ...cluster.ready],
  };
}
