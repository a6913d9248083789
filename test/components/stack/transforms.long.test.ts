import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { everythingStack } from "../../support/everything";
import { plan, repository, stackConfig } from "../../support/plan";
import { runProgram } from "../../support/programRun";
import { layerKey } from "../../support/project";

const folder = mkdtempSync(join(repository, "test", "fixtures", ".transforms-"));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
/** The path of a file with this content. */
function fileOf(text: string): string {
  const file = join(folder, `${files++}.ts`);
  writeFileSync(file, text);
  return file.slice(repository.length + 1);
}

/** The settings of production on AWS with such a file. */
function withPath(transforms: string): Record<string, unknown> {
  const config = stackConfig("prod-eks");
  return { ...config, [layerKey("operations")]: { ...(config[layerKey("operations")] as object), transforms } };
}

const refusal = (path: string): string => runProgram(withPath(path), "prod-eks").error;
const keyType = "aws:kms/key:Key";

describe("a file that changes what no setting does", () => {
  test("changes inputs and options, of components and of what is in them", async () => {
    const file = fileOf(`
      import type { Transform } from "../../../components/transforms";
      export const transform: Transform = ({ type, name, props, opts }) => {
        if (type === "aws:ec2/vpc:Vpc") return { props: { ...props, enableNetworkAddressUsageMetrics: true }, opts };
        if (name === "chat-deployment") return { props, opts: { ...opts, ignoreChanges: ["spec.replicas"] } };
        return undefined;
      };`);
    const seen = await plan(withPath(file), { stack: "prod-eks", preview: false });
    const vpc = seen.of("aws:ec2/vpc:Vpc")[0]!;
    assert.deepEqual([vpc.inputs.enableNetworkAddressUsageMetrics, vpc.inputs.enableDnsSupport], [true, true]);
    assert.deepEqual(seen.named("kubernetes:apps/v1:Deployment", "chat-deployment").ignoreChanges, ["spec.replicas"]);
  });

  test("the one of the stack that sets everything is used", async () => {
    const { stack, config, secretKeys } = everythingStack("eks");
    const seen = await plan(config, { stack, secretKeys, preview: false });
    assert.deepEqual(seen.of(keyType)[0]!.inputs.tags, { "data-class": "restricted" });
  });

  for (const [what, text, says] of [
    ["no transform", "export const other = 1;", /operations\.transforms: .* exports no function of the name transform/],
    ["it does not compile", "export const transform = (;", /operations\.transforms: .* cannot be loaded/],
    [
      "it throws",
      `export const transform = ({ type }) => { if (type === "${keyType}") throw new Error("not today"); };`,
      /operations\.transforms: .*, cluster-encryption-key: not today/,
    ],
    [
      "it wants to wait",
      "export const transform = async ({ props, opts }) => ({ props, opts });",
      /give back \{ props, opts \}, both, or nothing; a promise cannot be waited for/,
    ],
    [
      "it would delete the key of the backups",
      `export const transform = ({ type, props, opts }) =>
        type === "${keyType}" ? { props, opts: { ...opts, retainOnDelete: false } } : undefined;`,
      /cluster-encryption-key: takes retainOnDelete away; name the resource in operations\.unprotected/,
    ],
  ] as const)
    test(`is refused where ${what}`, () => assert.match(refusal(fileOf(text)), says));

  for (const [path, says] of [
    ["../elsewhere.ts", /operations\.transforms: "\.\.\/elsewhere\.ts" is not in this repository/],
    ["/etc/hosts.ts", /is not in this repository/],
    ["package.json", /is not a TypeScript file/],
    ["platform/none.ts", /"platform\/none\.ts" is not there; use a path from the root/],
  ] as const)
    test(`is refused at ${path}`, () => assert.match(refusal(path), says));
});
