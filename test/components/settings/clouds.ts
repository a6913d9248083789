import assert from "node:assert/strict";
import type { SettingsContext } from "../../../components/schema/context";
import { type ParsedSettings, parseSettings, SettingsError } from "../../../components/settings/parse";
import { sampleOf } from "../../support/config";
import { context, leastSettings, type Raw, root } from "./stack";

/** What makes an image one image for ever. */
export const digest = `@sha256:${"0".repeat(64)}`;

/** What each cloud's stack is made of: its cluster, its managed data, images that mean one image for ever. */
export function cloudSettings(cloud: "gke" | "eks"): Raw {
  const [postgres, redis] = cloud === "gke" ? ["cloudSql", "memorystore"] : ["rds", "elastiCache"];
  const raw: Raw = {
    ...leastSettings(),
    cluster: structuredClone(sampleOf(cloud)),
    postgres: structuredClone(sampleOf(postgres!)),
    redis: structuredClone(sampleOf(redis!)),
  };
  for (const layer of Object.values(raw)) {
    for (const key of ["image", "proxyImage"]) {
      if (typeof layer[key] === "string") layer[key] = `${layer[key].split("@")[0]}${digest}`;
    }
  }
  return raw;
}

/** The settings of a stack on this cloud after `change` was made to them. */
export function parseOn(
  cloud: "gke" | "eks",
  change: (raw: Raw) => void = () => {},
  given: Partial<SettingsContext> = {},
): ParsedSettings {
  const raw = cloudSettings(cloud);
  change(raw);
  return parseSettings(raw, { ...context, root, ...given });
}

/** What a person is told: the errors, and the warnings where there is no error. */
export function toldOn(
  cloud: "gke" | "eks",
  change: (raw: Raw) => void,
  given: Partial<SettingsContext> = {},
): { errors: readonly string[]; warnings: readonly string[] } {
  try {
    return { errors: [], warnings: parseOn(cloud, change, given).warnings };
  } catch (error) {
    if (error instanceof SettingsError) return { errors: error.problems, warnings: [] };
    throw error;
  }
}

/** Makes the stack one that is held to what production needs. */
export function protect(raw: Raw): void {
  raw.operations = { ...raw.operations, protect: true };
}

/** A server of the platform's own, by its image's digest. */
export function inCluster(server: "postgres" | "redis"): Raw {
  const tag = server === "postgres" ? "15-bookworm" : "7.0-bookworm";
  return { kind: "inCluster", image: `docker.io/library/${server}:${tag}${digest}` };
}

/** What is told because of a change, and not without it. */
export function told(
  cloud: "gke" | "eks",
  change: (raw: Raw) => void,
  production = false,
  given: Partial<SettingsContext> = {},
) {
  const before = toldOn(cloud, (raw) => {
    if (production) protect(raw);
  });
  assert.deepEqual(before.errors, [], "the stack is right before the change");
  const changed = (raw: Raw) => {
    if (production) protect(raw);
    change(raw);
  };
  const after = toldOn(cloud, changed, given);
  return { errors: after.errors, warnings: after.warnings.filter((sentence) => !before.warnings.includes(sentence)) };
}
