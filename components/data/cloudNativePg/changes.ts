import { ResourceHook } from "@pulumi/pulumi";
import { parseBytes as bytesOf } from "../../schema/values/resources";
import { majorOf } from "./settings";

/** The inputs of a `Cluster`, as far as changes of them are looked at. */
interface Inputs {
  readonly spec?: {
    readonly imageName?: string;
    readonly storage?: { readonly size?: string; readonly storageClass?: string };
    readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
  };
}

/**
 * Looks at a change of the servers before it is made, in a preview too: what the operator would refuse, would leave
 * undone without a word, or could not take back.
 *
 * @param name the Pulumi name of the resource
 */
export function changeGuard(name: string): ResourceHook {
  return new ResourceHook(
    `${name}-change`,
    ({ oldInputs, newInputs }) => {
      const problem = changeProblem((oldInputs ?? {}) as Inputs, (newInputs ?? {}) as Inputs);
      if (problem) throw new Error(problem);
    },
    { onDryRun: true },
  );
}

/** What is wrong with a change, if anything: the setting, the value, what is allowed and what to do. */
export function changeProblem({ spec: before = {} }: Inputs, { spec: after = {} }: Inputs): string | undefined {
  return storageProblem(before, after) ?? versionProblem(before, after) ?? orderProblem(before, after);
}

type Spec = NonNullable<Inputs["spec"]>;

function storageProblem({ storage: before = {} }: Spec, { storage: after = {} }: Spec): string | undefined {
  const { size: from, storageClass: fromClass } = before;
  const { size: to, storageClass: toClass } = after;
  if (from && to && bytesOf(to) < bytesOf(from))
    return `postgres.storage: ${to} is less than the volumes have (${from}). A volume cannot shrink; set ${from}, or move the data to a new stack with a dump`;
  if (from && fromClass !== toClass)
    return `postgres.storageClass: ${toClass ?? "the cluster's own"} is not the class of the volumes (${fromClass ?? "the cluster's own"}). A volume cannot change its class; set it back, or move the data to a new stack with a dump`;
  return undefined;
}

function versionProblem({ imageName: before = "" }: Spec, { imageName: after = "" }: Spec): string | undefined {
  const [from, to] = [majorOf(before), majorOf(after)];
  if (!from || !to || from === to) return undefined;
  if (to < from)
    return `postgres.image: Postgres ${to} is older than the ${from} that runs, and Postgres cannot go back; set it to ${from}`;
  return (
    `postgres.image: Postgres ${to} in the place of ${from} would stop all servers for the upgrade and could not be undone; set it back to ${from}, ` +
    `or back the data up, set spec.imageName of the Cluster with kubectl, run \`pulumi refresh\`, and then set postgres.image`
  );
}

/** The operator refuses both at once, because a rollback of one would be none of the other. */
function orderProblem(before: Spec, after: Spec): string | undefined {
  if (!before.imageName || before.imageName === after.imageName) return undefined;
  const [from, to] = [before, after].map(({ postgresql }) => postgresql?.parameters ?? {});
  const names = [...new Set([...Object.keys(from!), ...Object.keys(to!)])];
  const changed = names.filter((name) => from![name] !== to![name]).sort();
  if (changed.length === 0) return undefined;
  return `postgres.image: changes together with ${changed.join(", ")}, which the operator refuses; set the image back, run up, and change it in a second up`;
}
