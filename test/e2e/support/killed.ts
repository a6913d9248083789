import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumi } from "./outputs";
import { eventually, get, nodes, startNpmWith, stateFolder, up } from "./system";

/**
 * Kills an `up` and its Pulumi, as a power cut would, so that Pulumi's lock stays.
 * @param when asked until it is so: what the run must have come to
 */
export async function killedUp(
  when: () => Promise<boolean> = async () => true,
  extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  const locks = join(stateFolder, "pulumi/.pulumi/locks");
  const run = startNpmWith(extra, "up", "dev", "--nodes", String(nodes));
  const { pid } = await eventually("Pulumi is at work", 300, async () => {
    if (!existsSync(locks)) return undefined;
    const [lock] = readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
    if (lock === undefined) return undefined;
    const holder = JSON.parse(readFileSync(join(locks, lock), "utf8")) as { pid: number };
    return (await when()) ? holder : undefined;
  });
  process.kill(-run.pid!, "SIGKILL");
  process.kill(pid, "SIGKILL");
  await run;
}

/**
 * Kills an `up` of a stack of which nothing is there, while it waits for its database.
 * @returns the names of what Pulumi had begun to make, by the state
 */
export async function killedFirstUp(extra: Readonly<Record<string, string>> = {}): Promise<string[]> {
  await killedUp(async () => {
    const { status } = await get("statefulset", "postgres");
    return !status?.readyReplicas;
  }, extra);
  const { output, exitCode } = await pulumi("stack", "export");
  assert.equal(exitCode, 0, output);
  const { deployment } = JSON.parse(output.slice(output.indexOf("{"))) as {
    deployment: { pending_operations?: { type: string; resource: { urn: string } }[] };
  };
  return (deployment.pending_operations ?? [])
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource.urn.split("::").at(-1)!);
}

/** A test of both: a first `up` that was killed goes on, on a provider that makes nothing that exists. */
export async function killedFirstUpGoesOn(): Promise<void> {
  // As the official provider since its release 4.29; a switch of the local one, and nothing to the official one.
  const refusing = { SWITCHBOARD_REFUSE_EXISTING: "true" };
  const begun = await killedFirstUp(refusing);
  assert.ok(begun.includes("postgres-server"), `it was killed while it waited: ${begun.join(", ")}`);
  const { uid } = (await get("statefulset", "postgres")).metadata;
  const { exitCode, output } = await up(refusing);
  assert.equal(exitCode, 0, output);
  assert.match(output, /dev is up/);
  const { metadata } = await get("statefulset", "postgres", "--show-managed-fields");
  assert.equal(metadata.uid, uid, "it is the same one");
  const owners = metadata.managedFields.filter(
    ({ manager, operation }: { manager: string; operation: string }) =>
      manager.startsWith("pulumi-kubernetes") && operation === "Apply",
  );
  assert.equal(owners.length, 1, "and its fields have one owner");
}
