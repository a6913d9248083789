import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { generatedPassword } from "../kubernetes/passwords";
import { VersionedSecret } from "../kubernetes/versionedSecret";

/** What the password of a server's administrator is made of. */
interface AdministratorPasswordArgs {
  readonly namespace: Input<string>;
  readonly labels: Record<string, string>;
  readonly generation: number;
}

/** The password of a server's administrator, under the key `password` of its Secrets. */
export interface AdministratorPassword {
  readonly password: Output<string>;
  readonly present: VersionedSecret;
  /** That of the generation before, with which a Job gives a running server the present one. None before the first. */
  readonly former: VersionedSecret | undefined;
}

/** Makes the password of the administrator of a server that the stack runs. @param server the server's name */
export function administratorPassword(
  server: string,
  { namespace, labels, generation }: AdministratorPasswordArgs,
  opts: CustomResourceOptions,
): AdministratorPassword {
  const password = passwordOf(generation);
  return {
    password,
    present: stored("administrator", password),
    former: generation === 1 ? undefined : stored("administrator-former", passwordOf(generation - 1)),
  };

  function passwordOf(generation: number): Output<string> {
    // Earlier releases had the first one only.
    const succeeds = generation === 1;
    return generatedPassword(`${server}-administrator`, generation, opts, { succeeds }).result;
  }

  function stored(which: string, password: Output<string>): VersionedSecret {
    return new VersionedSecret(`${server}-${which}`, { namespace, labels, values: { password } }, opts);
  }
}
