import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCli } from "../../../local/engine/cli";
import { CliPreview, type CliVerdict } from "../../../local/engine/cliPreview";
import { secretMark, secretSignature } from "../../../ops/preview/answers/secret";
import { offlineStack } from "../../../ops/preview/offlineStack";
import type { Reading } from "../../../ops/preview/recorder";
import { type Plan, plan, type Registration, repository, secretKey, stackConfig } from "../../support/plan";

/**
 * What the real Pulumi engine says of a stack's preview when everything of it is there already, with the state that the
 * program itself would have left.
 *
 * @param before changes what is there, as if an earlier version of the program had made it
 */
export async function previewOfDeployed(stack: string, before: (resource: State) => void): Promise<CliVerdict> {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-deployed-"));
  try {
    const cli = await findCli(true);
    const offline = await offlineStack(stackConfig(stack), { root: repository, folder, now: new Date() });
    const preview = new CliPreview(cli!, stack, offline, folder);
    await preview.open();
    await preview.assume(resources(await plan(stackConfig(stack), { stack, preview: false }), stack, before));
    return await preview.verdict();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
}

function resources(from: Plan, stack: string, before: (resource: State) => void): State[] {
  const root = `urn:pulumi:${stack}::switchboard::pulumi:pulumi:Stack::switchboard-${stack}`;
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
  const inputs = engineValue(entry.inputs);
  return {
    ...{ urn: entry.urn, type: entry.type, custom: entry.custom, inputs },
    ...(entry.custom ? { id: `${entry.name}-id`, outputs: inputs } : { outputs: {} }),
    ...{ parent: entry.parent || root, protect: entry.protect, dependencies: entry.dependencies },
    ...(entry.provider ? { provider: entry.provider } : {}),
  };
}

/** A recorded value with secrets as a deployment has them in clear. */
function engineValue(value: any): any {
  if (Array.isArray(value)) return value.map(engineValue);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) {
    const plaintext = JSON.stringify(engineValue(value[secretKey]));
    return { [secretSignature]: secretMark, plaintext };
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, engineValue(entry)]));
}
