import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sourceTag } from "../../components/images/sourceTag";
import { RegistryUnreachable } from "../../components/registry/client";
import { Registries } from "../../components/registry/manifests";
import { FakeGoogle } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";
import { putImage } from "../support/imageContent";
import { startRegistry } from "../support/imageRegistry";
import { repository, stackConfig } from "../support/plan";

// The real program under the real CLI and engine; the registry is Debian's, on loopback.
const folder = mkdtempSync(join(tmpdir(), "digests-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("pods name the digest of the registry, and a machine that cannot ask it sees no difference", async () => {
  const registry = await startRegistry(folder);
  const config = structuredClone(stackConfig("prod")) as Record<string, any>;
  const names = { panel: `${registry.host}/team/panel`, chat: `${registry.host}/team/chat` };
  for (const app of ["panel", "chat"] as const)
    config[`switchboard:${app}`].image = { repository: names[app], source: `apps/${app}` };
  const tags = { panel: sourceTag(join(repository, "apps/panel")), chat: sourceTag(join(repository, "apps/chat")) };
  const references = { panel: `${names.panel}:${tags.panel}`, chat: `${names.chat}:${tags.chat}` };
  const registries = new Registries({ env: {}, home: folder });
  const cloud = new FakeGoogle();
  const stack = await CloudStack.open("prod", [cloud.provider(), keepingKubernetes(cloud)], config, {
    SWITCHBOARD_ASK_REGISTRIES: undefined,
  });
  try {
    // The first preview comes before the images.
    const first = await stack.preview();
    assert.equal(first.exitCode, 0, first.text);
    assert.ok(!first.text.includes("@sha256:0000"), "nothing is invented");

    const digests = {
      panel: await putImage(registries, references.panel),
      chat: await putImage(registries, references.chat),
    };
    const up = await stack.up();
    assert.equal(up.exitCode, 0, up.errors.join("\n"));
    const images = async () => imagesOf((await stack.exported()).deployment.resources ?? []);
    const deployed = await images();
    for (const app of ["panel", "chat"] as const) {
      const own = deployed.filter((image) => image.startsWith(names[app]));
      assert.ok(own.length > 0);
      assert.deepEqual([...new Set(own)], [`${references[app]}@${digests[app]}`]);
    }
    assert.deepEqual((await stack.preview()).changes, []);

    await registry.stop();
    await assert.rejects(registries.digestOf(references.panel), RegistryUnreachable);
    const away = await stack.preview();
    assert.equal(away.exitCode, 0, away.text);
    assert.deepEqual(away.changes, []);
    const said = away.text.match(/the registry \S+ could not be asked[^"]*/g) ?? [];
    assert.equal(said.length, 1, away.text);
    assert.match(said[0]!, /keep the digest that the stack runs/);
    const again = await stack.up();
    assert.deepEqual([again.exitCode, again.changes], [0, []]);
    assert.deepEqual(await images(), deployed);
  } finally {
    stack.close();
    await registry.stop();
  }
});

/** Every image that a resource of a state runs. */
function imagesOf(resources: readonly unknown[]): string[] {
  return [...JSON.stringify(resources).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image!).sort();
}
