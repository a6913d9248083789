import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { kubernetesProviders } from "../../../engine/official";
import type { Properties } from "../../../engine/providers/values";
import { secretMark, secretSignature } from "../../../lib/engineValues";
import { repository } from "../plan";
import type { Recording } from "./run";

/** Whose Kubernetes provider a recording is of. */
export const kindsOfProvider = kubernetesProviders;
type Kind = (typeof kindsOfProvider)[number];

const folder = join(repository, "test/fixtures/providers");
const fileOf = (name: string, kind: Kind) => join(folder, `${name}.${kind}.json.gz`);

/** The names of the changes that both kinds of provider have previewed on one running system. */
export function pairNames(): string[] {
  return readdirSync(folder)
    .flatMap((file) => /^(.+)\.official\.json\.gz$/.exec(file)?.[1] ?? [])
    .filter((name) => name !== "state")
    .sort();
}

/** What the CLI said with one kind of provider. */
export function pairOf(name: string, kind: Kind): Recording {
  return JSON.parse(gunzipSync(readFileSync(fileOf(name, kind))).toString()) as Recording;
}

/** @returns the bytes of the file */
export function keepPair(recording: Recording, kind: Kind): number {
  const bytes = gzipSync(JSON.stringify(recording), { level: 9 });
  bytes[9] = 255;
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(recording.name, kind), bytes);
  return bytes.length;
}

/** A report in which what stays the same is only named, and what only the API server cares for is left out. */
export function withoutSames(report: unknown): unknown {
  const { steps, ...rest } = report as { steps: readonly Record<string, unknown>[] };
  return {
    ...rest,
    steps: steps.map((step) => {
      const isSame = step.op === "same" || step.op === "read";
      const states = ["oldState", "newState"].flatMap((key) =>
        step[key] ? [[key, isSame ? nameOf(step[key]) : withoutFields(step[key])] as const] : [],
      );
      return { ...step, ...Object.fromEntries(states) };
    }),
  };
}

function nameOf(state: unknown): object {
  const { urn, type, custom, id, parent } = state as Record<string, unknown>;
  return { urn, type, custom, id, parent, inputs: {}, outputs: {} };
}

function withoutFields(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member) => (key === "managedFields" ? undefined : member)));
}

/** An object as a state keeps it. */
export interface KeptObject {
  readonly urn: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** The objects of a state that one kind of provider has made on its own. */
export function keptObjects(kind: Kind): KeptObject[] {
  return JSON.parse(gunzipSync(readFileSync(fileOf("state", kind))).toString()) as KeptObject[];
}

/** Keeps the objects of `pulumi stack export`, with `hidden` in place of every secret. */
export function keepObjects(exported: string, kind: Kind): void {
  const { deployment } = JSON.parse(exported) as { deployment: { resources: (KeptObject & { type: string })[] } };
  const objects = deployment.resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ urn, inputs, outputs }) => withoutFields({ urn, inputs, outputs }));
  const hidden = JSON.stringify(objects, (_, value) =>
    typeof value === "object" && value !== null && "ciphertext" in value
      ? { [secretSignature]: secretMark, value: "hidden" }
      : value,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf("state", kind), gzipSync(hidden, { level: 9 }));
}
