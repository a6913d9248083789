import { labelValue, ownLabels } from "../../components/naming";
import { layersAt } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import type { Kubectl } from "./kubectl";

/** What says which object is meant: a resource's inputs. */
export interface Wanted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What is read of an object: never its content, which may be secret. */
export interface Found {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
  };
}

/** An object's metadata. @returns undefined where there is none, or no such kind */
export async function lookUp(kubectl: Kubectl, { apiVersion, kind, metadata }: Wanted): Promise<Found | undefined> {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const text = await kubectl
    .text([
      ...["get", `${kind}.${version}.${group}`, metadata.name, "--ignore-not-found", "--show-managed-fields"],
      ...["--output=jsonpath={.metadata}", ...(metadata.namespace ? [`--namespace=${metadata.namespace}`] : [])],
    ])
    .catch((error: Error) => {
      if (/doesn't have a resource type|no matches for kind/.test(error.message)) return "";
      throw error;
    });
  return text.trim() === "" ? undefined : { metadata: JSON.parse(text) as Found["metadata"] };
}

const stageLabel = "switchboard.dev/stage";

/**
 * Whether an object is the stack's: by its own labels, and where they leave the stage out, by its namespace's. What is in no
 * namespace and has no stage is the stack's where the whole cluster is.
 * @returns undefined, or what speaks against it
 */
export async function whose(kubectl: Kubectl, { metadata }: Found, target: Target): Promise<string | undefined> {
  const { labels = {}, namespace } = metadata;
  for (const [key, wanted] of Object.entries(ownLabels)) {
    if (labels[key] !== wanted) return `its label ${key} is ${quoted(labels[key])}, not ${wanted}`;
  }
  const stage = labelValue(stageOf(target));
  if (labels[stageLabel] !== undefined) return isStage(labels[stageLabel], "its label");
  if (namespace === undefined) return target.cloud ? undefined : `it has no label ${stageLabel}`;
  const found = await lookUp(kubectl, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  return isStage(found?.metadata.labels?.[stageLabel], `the label of its namespace ${namespace},`);

  function isStage(value: string | undefined, whose: string): string | undefined {
    return value === stage ? undefined : `${whose} ${stageLabel} is ${quoted(value)}, not ${stage}`;
  }
}

function quoted(value: string | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

/** The stage as the program reads it: `operations.stage`, whose default is `dev`. */
function stageOf({ stackFile }: Target): string {
  const operations = layersAt(stackFile).operations as { readonly stage?: unknown } | undefined;
  return typeof operations?.stage === "string" ? operations.stage : "dev";
}
