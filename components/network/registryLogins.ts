import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { ownLabels } from "../naming";
import { registryKey } from "../schema/values/registry";

/** Who pulls from a registry. */
export interface RegistryLogin {
  readonly host: string;
  readonly user: string;
  readonly password: pulumi.Input<string>;
}

/** What the credentials are given. */
export interface RegistriesArgs {
  readonly namespace: pulumi.Output<string>;
  readonly logins: readonly RegistryLogin[];
}

/** The Secret that pods name. It keeps its name when a password changes: that is no reason for a pod to start again. */
export const registriesSecret = "registries";

/** The credentials of registries, in the form of a Docker configuration, for the kubelets that pull the pods' images. */
export class Registries extends pulumi.ComponentResource {
  /** The namespace once they are there, so that no pod comes before them. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: RegistriesArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:policies:Registries", name, {}, opts);
    const passwords = pulumi.all(args.logins.map(({ password }) => password));
    const secret = new core.Secret(
      `${name}-secret`,
      {
        metadata: {
          name: registriesSecret,
          namespace: args.namespace,
          labels: ownLabels,
        },
        type: "kubernetes.io/dockerconfigjson",
        stringData: {
          ".dockerconfigjson": pulumi.secret(passwords.apply((all) => dockerConfig(args.logins, all))),
        },
      },
      { parent: this },
    );
    // By its URN, so that the name is known in a preview too.
    this.namespace = pulumi.all([args.namespace, secret.urn]).apply(([namespace]) => namespace);
    this.registerOutputs();
  }
}

/** `config.json` of a Docker client: the registries by the keys that the kubelet compares with an image's name. */
export function dockerConfig(logins: readonly Omit<RegistryLogin, "password">[], passwords: readonly string[]): string {
  const auths = logins.map(({ host, user }, index) => {
    const password = passwords[index]!;
    const auth = Buffer.from(`${user}:${password}`).toString("base64");
    return [registryKey(host), { username: user, password, auth }];
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}
