import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import type { SecretRef } from "../../contracts";
import { beamFlags, distributionPort } from "../../kubernetes/beamFlags";
import type { VariableTable } from "../../kubernetes/variables";
import { show, whole } from "../../schema/fields";
import { type GivenVariables, givenVariables, variableKey } from "./givenVariables";

/** How the pods of a process form one cluster, by the word of `cluster.kind`. */
export const clusterKinds = {
  beam: () =>
    z.strictObject({
      kind: z
        .literal("beam")
        .describe(
          "`beam`: nodes of Elixir or Erlang, with TLS between them and without epmd. Variables that `mix release` and Phoenix read make each pod a node. They are `RELEASE_NODE`, `RELEASE_COOKIE`, `DNS_CLUSTER_QUERY` and `ERL_AFLAGS`",
        ),
      cookieGeneration: whole(1, 1_000_000)
        .prefault(1)
        .describe(
          "raise it by one for a new Erlang cookie. While pods are replaced, old and new ones do not see each other",
        ),
    }),
};

interface BeamVariableArgs {
  readonly app: string;
  readonly cookie: SecretRef;
  /** A name that resolves to every pod. */
  readonly members: Input<string>;
}

/** By which a release of Elixir or Erlang is a node of the cluster. */
export const beamVariables: VariableTable<BeamVariableArgs> = {
  POD_IP: () => ({ podField: "status.podIP" }),
  RELEASE_DISTRIBUTION: () => ({ value: "name" }),
  RELEASE_NODE: ({ app }) => ({ value: `${app}@$(POD_IP)` }),
  RELEASE_COOKIE: ({ cookie }) => ({ secret: cookie }),
  DNS_CLUSTER_QUERY: ({ members }) => ({ value: members }),
  ERL_AFLAGS: () => ({ value: beamFlags }),
};

interface ClusteredProcess {
  readonly cluster?: object | undefined;
  readonly port?: number | undefined;
  readonly sidecars: Readonly<Record<string, { readonly ports: Readonly<Record<string, number>> }>>;
}

/** What the check of a declared app's clusters reads. */
interface ClusteredApp extends GivenVariables {
  readonly processes: Readonly<Record<string, ClusteredProcess>>;
}

/** What does not go together with the clusters of a declared app. */
export function clusterProblems(name: string, app: ClusteredApp): string[] {
  const clustered = Object.entries(app.processes).filter(([, { cluster }]) => cluster);
  const [first] = clustered;
  if (!first) return [];
  const ports = clustered.flatMap(([process, { port, sidecars }]) => {
    const key = `apps.${name}.processes.${process}`;
    const all = [
      [`${key}.port`, port] as const,
      ...Object.entries(sidecars).flatMap(([sidecar, { ports }]) =>
        Object.entries(ports).map(([word, number]) => [`${key}.sidecars.${sidecar}.ports.${word}`, number] as const),
      ),
    ];
    return all.filter(([, number]) => number === distributionPort).map(([at]) => at);
  });
  const taken = givenVariables(app).filter((variable) => Object.hasOwn(beamVariables, variable.name));
  return [
    ...ports.map(
      (key) =>
        `${key}: ${distributionPort} is where its nodes connect to each other (cluster.kind beam); use another port`,
    ),
    ...taken.map(
      (variable) =>
        `${variableKey(name, variable)}is set by the platform for processes with a cluster (${show(first[0])}); remove it${variable.name === "ERL_AFLAGS" ? ", or use ERL_ZFLAGS" : ""}`,
    ),
  ];
}
