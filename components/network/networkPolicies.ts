import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Place } from "../contracts";
import { chosenLabel, ownLabels } from "../naming";
import { chosenPrefix, networkRules } from "./networkRules";

/** What the policies are given: the connections that the layers were built with. */
export interface NetworkPoliciesArgs {
  readonly place: Place;
  readonly connections: readonly Connection[];
}

/**
 * The network policies of the namespace, generated from the same wiring that gives an app its database. They wait for
 * nothing, so they are there before the first pod is. A cluster needs a network plugin that enforces them.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkPoliciesArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:policies:NetworkPolicies", name, {}, opts);
    for (const [policy, spec] of Object.entries(networkRules(args.connections, args.place.traits.dns))) {
      new networking.NetworkPolicy(
        `${name}-${policy}`,
        {
          metadata: {
            name: policy,
            namespace: args.place.namespace,
            labels: policy.startsWith(chosenPrefix) ? { ...ownLabels, [chosenLabel]: "chosen" } : ownLabels,
          },
          spec,
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
