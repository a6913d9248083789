import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cloudConfig, smallConfig } from "./support/config";
import { committedStacks, stackConfig } from "./support/plan";
import { runProgram } from "./support/programRun";
import { layerKey } from "./support/project";

/** The package of each kind of cluster's cloud. */
const sdks = { gke: "@pulumi/gcp", eks: "@pulumi/aws", existing: undefined } as const;

const stacks: [name: string, config: Record<string, unknown>][] = [
  ["the smallest stack", smallConfig()],
  ["the smallest stack on gke", cloudConfig("gke")],
  ["the smallest stack on eks", cloudConfig("eks")],
  ...committedStacks.map((stack): [string, Record<string, unknown>] => [`stack ${stack}`, stackConfig(stack)]),
];

for (const [name, config] of stacks) {
  describe(name, () => {
    const { kind } = config[layerKey("cluster")] as { kind: keyof typeof sdks };
    const { error, files } = runProgram(config);
    const below = (folder: string) => files.filter((file) => file.startsWith(`node_modules/${folder}/`));

    test("runs", () => assert.equal(error, ""));

    test("loads no file of a cloud that it does not stand in", () => {
      const others = Object.values(sdks).filter((sdk) => sdk !== undefined && sdk !== sdks[kind]) as string[];
      assert.deepEqual(others.flatMap(below), []);
    });

    test("loads of its cloud and of Kubernetes only the modules that it uses", () => {
      for (const sdk of [sdks[kind], "@pulumi/kubernetes"]) {
        if (!sdk) continue;
        const loaded = below(sdk);
        assert.ok(loaded.length > 0, sdk);
        // An index would load every module of its folder; that of the package every module there is.
        const indexes = loaded.filter((file) => /\/index\.js$/.test(file) && !allowedIndex.test(file));
        assert.deepEqual(indexes, [], sdk);
      }
      const most = { existing: 60, gke: 130, eks: 130 }[kind];
      const count = [sdks[kind], "@pulumi/kubernetes"].flatMap((sdk) => (sdk ? below(sdk) : [])).length;
      assert.ok(count <= most, `${count} files`);
    });

    test("loads neither a compiler nor what only tools need", () => {
      for (const folder of ["typescript", "execa", "@kubernetes/client-node", "playwright-core"])
        assert.deepEqual(below(folder), [], folder);
    });
  });
}

/** One API version of Kubernetes: its index loads a module of it only when it is used. */
const allowedIndex = /^node_modules\/@pulumi\/kubernetes\/(types\/enums\/)?[a-z]+\/v\d[a-z0-9]*\/index\.js$/;
