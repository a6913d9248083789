import * as pulumi from "@pulumi/pulumi";

/** The inputs of a resource as its provider gets them. */
type Inputs = Readonly<Record<string, unknown>>;

/**
 * Resource options that look at a change of a resource before it is made, in a preview as well as in an update, and
 * refuse it with a sentence. For what a cloud would refuse half-way through, or could not take back.
 *
 * @param name the resource's Pulumi name
 * @param check what is wrong with the change, if anything: the setting, the value, what is allowed and what to do
 */
export function guardedUpdate(
  name: string,
  check: (before: Inputs, after: Inputs) => string | undefined,
): Pick<pulumi.CustomResourceOptions, "hooks"> {
  const guard = new pulumi.ResourceHook(
    `${name}-guard`,
    ({ oldInputs, newInputs }) => {
      const problem = check(oldInputs ?? {}, newInputs ?? {});
      if (problem) throw new Error(problem);
    },
    { onDryRun: true },
  );
  return { hooks: { beforeUpdate: [guard] } };
}
