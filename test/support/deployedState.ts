import { isAutonamed } from "../../engine/providers/kubernetes/inputs";
import { checkedInputs } from "../../engine/providers/previewOnly";
import { answerOf } from "../../engine/record/answers/table";
import type { Reading } from "../../engine/record/plan";
import { secretMark, secretSignature } from "../../lib/engineValues";
import { type Plan, type Registration, secretKey } from "./plan";
import { project } from "./project";

/** A resource as it stands in a deployment. */
export interface State {
  urn: string;
  type: string;
  custom: boolean;
  /** Looked up and not made. */
  external?: boolean;
  id?: string;
  inputs: any;
  outputs: any;
  parent: string;
  protect?: boolean;
  provider?: string;
  dependencies?: readonly string[];
  additionalSecretOutputs?: readonly string[];
  delete?: boolean;
  pendingReplacement?: boolean;
}

/**
 * The state that the program itself would have left: what `pulumi stack import` takes.
 *
 * @param from the program as an `up` sees it (`preview: false`)
 * @param before changes what is there, as if an earlier version of the program had made it
 */
export function deployedState(from: Plan, stack: string, before: (resource: State) => void = () => {}): State[] {
  const root = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  const ofStack: State = {
    ...{ urn: root, type: "pulumi:pulumi:Stack", custom: false, parent: "" },
    ...{ inputs: {}, outputs: {} },
  };
  // What the program only looked up has no order of its own: it comes right after the component that it is part of.
  const read = (parent: string) => from.reads.filter((entry) => entry.parent === parent).map((entry) => readOf(entry));
  const made = [...from.registrations]
    .sort((a, b) => a.order - b.order)
    .flatMap((entry) => [stateOf(entry, root), ...read(entry.urn)]);
  for (const resource of made) before(resource);
  return [ofStack, ...made];
}

function readOf({ urn, type, id, parent }: Reading): State {
  return { urn, type, custom: true, external: true, id, inputs: {}, outputs: {}, parent };
}

function stateOf(entry: Registration, root: string): State {
  const { urn, type, name, custom, additionalSecretOutputs } = entry;
  const inputs = madeInputs(entry);
  const isMade = custom && !type.startsWith("pulumi:");
  const { id = `${name}-id`, ...answered } = isMade ? answerOf(type)(inputs, { preview: false, name }) : {};
  return {
    ...{ urn, type, custom, inputs },
    ...(custom
      ? { id: String(id), outputs: withSecrets({ ...inputs, ...engineValue(answered) }, entry) }
      : { outputs: {} }),
    ...{ parent: entry.parent || root, protect: entry.protect, dependencies: entry.dependencies },
    ...(entry.provider ? { provider: entry.provider } : {}),
    ...(additionalSecretOutputs.length > 0 ? { additionalSecretOutputs } : {}),
  };
}

/** Outputs of which some are secrets as a whole. */
function withSecrets(outputs: any, { additionalSecretOutputs }: Registration): any {
  const secrets = additionalSecretOutputs.filter((key) => key in outputs);
  return { ...outputs, ...Object.fromEntries(secrets.map((key) => [key, secretValue(inClear(outputs[key]))])) };
}

function inClear(value: any): any {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) return inClear(JSON.parse(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inClear(entry)]));
}

/** The inputs as the provider has completed them, with the names that the program was told. */
function madeInputs({ urn, type, name, custom, inputs }: Registration): any {
  if (!custom) return engineValue(inputs);
  const made = checkedInputs({ urn, type, name, news: asSent(inputs), olds: undefined }) as any;
  if (type.startsWith("kubernetes:") && isAutonamed(made)) made.metadata.name = `${name}-0a1b2c3d`;
  return engineValue(made);
}

/** A recorded value with secrets as a provider is sent them. */
function asSent(value: any): any {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return { [secretSignature]: secretMark, value: asSent(value[secretKey]) };
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asSent(entry)]));
}

/** A recorded value with secrets as a deployment has them in clear. */
function engineValue(value: any): any {
  if (Array.isArray(value)) return value.map(engineValue);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return secretValue(engineValue(value[secretKey]));
  if (secretSignature in value && "value" in value) return secretValue(engineValue(value.value));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, engineValue(entry)]));
}

function secretValue(value: any) {
  return { [secretSignature]: secretMark, plaintext: JSON.stringify(value) };
}
