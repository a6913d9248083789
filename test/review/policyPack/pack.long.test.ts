import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { after, before, describe, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { secretOf, unknownValue } from "../../../lib/engineValues";
import { rules } from "../../../review/policies";
import { policyPack } from "../../support/policyPack";

describe("the pack as a process, started by the SDK's own runner", () => {
  let child: ChildProcess;
  let client: AnalyzerClient;
  let ended: Promise<unknown>;

  before(async () => {
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    // A language host may start it in its own folder, in the program's or anywhere else.
    child = spawn(process.execPath, [runner, "127.0.0.1:1", policyPack], {
      cwd: tmpdir(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    ended = once(child, "exit");
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    client = new AnalyzerClient(`127.0.0.1:${String(line).trim()}`, grpc.credentials.createInsecure());
  });

  after(async () => {
    client.close();
    child.kill();
    await ended;
  });

  const call = <Answer>(start: (done: (error: unknown, answer: Answer) => void) => void) =>
    new Promise<Answer>((resolve, reject) => start((error, answer) => (error ? reject(error) : resolve(answer))));

  const analyze = async (type: string, inputs: Record<string, unknown>) => {
    const request = new proto.AnalyzeRequest()
      .setUrn(`urn:pulumi:prod::switchboard::${type}::x`)
      .setType(type)
      .setName("x")
      .setProperties(Struct.fromJavaScript(inputs as never) as never)
      .setOptions(new proto.AnalyzerResourceOptions())
      .setProvider(new proto.AnalyzerProviderResource().setName("p").setProperties(new Struct() as never));
    const answer = await call<proto.AnalyzeResponse>((done) => client.analyze(request, done));
    return answer.getDiagnosticsList().map((entry) => entry.toObject());
  };

  test("tells the engine every rule with its level", async () => {
    const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
    const info = await call<proto.AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
    assert.equal(info.getName(), "switchboard");
    const told = info.getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()]);
    const levels = { advisory: proto.EnforcementLevel.ADVISORY, mandatory: proto.EnforcementLevel.MANDATORY };
    assert.deepEqual(
      told,
      rules.map(({ name, level }) => [name, levels[level]]),
    );
  });

  test("finds what is wrong in what the engine sends", async () => {
    const found = await analyze("aws:rds/instance:Instance", {
      publiclyAccessible: true,
      storageEncrypted: unknownValue,
      kmsKeyId: unknownValue,
      backupRetentionPeriod: 7,
      autoMinorVersionUpgrade: true,
    });
    assert.deepEqual(
      found.map(({ policyname }) => policyname),
      ["database-not-public"],
    );
    assert.match(found[0]!.message, /^publiclyAccessible is true, and must be false\n→ .*aws\/postgres\.ts/m);
    assert.equal(found[0]!.enforcementlevel, proto.EnforcementLevel.MANDATORY);
  });

  test("never shows a secret, and says nothing where it is in its place", async () => {
    assert.deepEqual(
      await analyze("aws:elasticache/user:User", { passwords: [secretOf("correct horse battery")] }),
      [],
    );
    const metadata = {
      namespace: "a",
      labels: { "app.kubernetes.io/part-of": "switchboard", "app.kubernetes.io/managed-by": "pulumi" },
    };
    const found = await analyze("kubernetes:core/v1:ConfigMap", {
      metadata,
      data: { note: secretOf("correct horse battery") },
    });
    assert.deepEqual(
      found.map(({ policyname }) => policyname),
      ["secret-not-in-clear"],
    );
    assert.doesNotMatch(JSON.stringify(found), /correct horse/);
  });
});
